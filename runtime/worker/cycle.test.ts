import { describe, expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { axisError } from '../../control/axis/axis-error.ts'
import type { CycleHeap } from '../../test/runtime/count-cycle-heap.ts'
import { machine, World } from '../../test/runtime/cycle-world.ts'
import { runWorker } from '../../test/uio/run-worker.ts'
import { waitResult } from '../../uio/device.ts'
import { unpackAxisStatus } from '../shared/axis-status-word.ts'
import { recordAxis } from '../shared/record-layout.ts'
import { cyclicTask } from '../task.ts'
import type { DigitalOut } from '../task.ts'

/** Everything that may stand between an axis and its drive. */
function richMachine() {
  const [x, ...others] = machine().axes
  if (x === undefined) throw new Error('no axis')
  const rates = { velocity: 1, acceleration: 10, jerk: 1000 }
  const compensation = { positions: [-1000, 1000], forward: [0, 1], backward: [0.1, 1.1], ...rates }
  const brake = { output: 'lamp', releaseS: 0.001, engageS: 0.001 }
  const path = { velocity: 100, acceleration: 1000, jerk: 10_000 }
  return machine({
    axes: [{ ...x, compensation, brake }, ...others],
    groups: [{ name: 'yz', axes: ['y', 'z'], path }],
  })
}

describe('the cycle allocates nothing on the heap in steady state', () => {
  const url = new URL('../../test/runtime/count-cycle-heap.ts', import.meta.url)

  test('20,000 warm cycles of four moving axes, with brake, table of errors and a group, keep less than a byte per cycle', async () => {
    const heap = (await runWorker(url, { file: richMachine(), by: 'commands' })) as CycleHeap
    expect(heap.cycles).toBeGreaterThan(80_000)
    expect(heap.bytesPerCycle).toBeLessThan(1)
  })

  test("20,000 warm cycles of a user's task keep less than a byte per cycle", async () => {
    const heap = (await runWorker(url, { file: machine(), by: 'setpoints' })) as CycleHeap
    expect(heap.cycles).toBeGreaterThan(80_000)
    expect(heap.refusedSetpoints).toBe(0)
    expect(heap.bytesPerCycle).toBeLessThan(1)
  })

  test('20,000 warm cycles of a gear and moves by function blocks keep less than a byte per cycle', async () => {
    const heap = (await runWorker(url, { file: machine(), by: 'blocks' })) as CycleHeap
    expect(heap.cycles).toBeGreaterThan(80_000)
    expect(heap.bytesPerCycle).toBeLessThan(1)
  })
})

describe('safe reactions of the cycle', () => {
  test('after the halt word nothing is handed over and the loop ends', () => {
    const world = new World()
    world.turns(3)
    const handedOver = world.card.handedOver
    world.control.halt()
    world.turn()
    expect(world.cycle.ended).toBe(true)
    expect(world.card.handedOver).toBe(handedOver)
  })

  test('a task that halts the machine itself in the middle of a cycle does not get its outputs out', () => {
    const world: World = new World(
      cyclicTask({
        cycle: (_io, tick) => {
          if (tick.cycle === 3) world.control.halt()
        },
      }),
    )
    world.turns(3)
    expect(world.card.handedOver).toBe(2)
    expect(world.cycle.ended).toBe(true)
  })

  test('a task that throws leaves outputs at their safe values and axes without power, and says what it threw', () => {
    let brake: DigitalOut
    let lamp: DigitalOut
    const world = new World(
      cyclicTask({
        setup: (io) => {
          lamp = io.digitalOut('lamp')
          brake = io.digitalOut('brake')
        },
        cycle: (io, tick) => {
          io.axis('x').enable()
          lamp.value = true
          brake.value = false
          if (tick.cycle === 20) throw new TypeError('x is not a function')
        },
      }),
    )
    world.turns(19)
    expect(world.digitalOut).toBe(0b0001)
    expect(unpackAxisStatus(world.control.axisStatus(0))).toMatchObject({
      state: 'standstill',
      power: 'af',
    })
    world.turns(10)
    expect(world.digitalOut).toBe(0b1000)
    expect(unpackAxisStatus(world.control.axisStatus(0))).toMatchObject({
      state: 'errorStop',
      power: 'bb',
    })
    expect(world.safeCodes).toEqual(['DP_TASK_FAILED'])
    expect(world.messages.find(({ kind }) => kind === 'safe')).toMatchObject({
      error: { at: 'TypeError: x is not a function' },
    })
  })

  test('an axis whose setpoints a crashed task made is stopped by a ramp within its limits', () => {
    const world = new World(
      cyclicTask({
        cycle: (io, tick) => {
          const x = io.axis('x')
          x.enable()
          if (tick.cycle > 10) x.setPosition((tick.cycle - 10) * 0.1)
          if (tick.cycle === 100) throw new Error('stop here')
        },
      }),
    )
    let last = 0
    let lastStep = 0
    let sharpest = 0
    for (let k = 0; k < 400; k++) {
      world.turn()
      const setpoint = world.axis(0, recordAxis.setpoint)
      const step = setpoint - last
      if (k > 20) sharpest = Math.max(sharpest, Math.abs(step - lastStep))
      last = setpoint
      lastStep = step
    }
    // 100 mm/s; 3000 mm/s^2 changes the step by 0.003 mm from cycle to cycle
    expect(last).toBeGreaterThan(9)
    expect(sharpest).toBeLessThan(0.0035)
    expect(lastStep).toBe(0)
    expect(unpackAxisStatus(world.control.axisStatus(0)).power).toBe('bb')
  })

  test('more overruns in a row than the machine file tolerates make the machine safe', () => {
    const world = new World(cyclicTask({ cycle: () => spin(0.5) }), {
      cycleUs: 250,
      realtime: { toleratedOverruns: 3 },
    })
    world.turns(3)
    expect(world.safeCodes).toEqual([])
    world.turn()
    expect(world.counter('overruns')).toBe(4)
    expect(world.safeCodes).toEqual(['DP_TASK_OVERRUN'])
  })

  test('a main thread whose heartbeat stops has its axes run down', () => {
    const world = new World(undefined, { realtime: { stallMs: 20 } })
    world.command('enable', 0)
    world.turns(20)
    const end = performance.now() + 200
    while (world.safeCodes.length === 0 && performance.now() < end) world.cycle.turn()
    expect(world.safeCodes).toEqual(['DP_MAIN_STALL'])
    for (let k = 0; k < 20; k++) world.cycle.turn()
    expect(unpackAxisStatus(world.control.axisStatus(0)).power).toBe('bb')
  })

  test('a card whose interrupts stay away makes the machine safe', () => {
    const world = new World(undefined, { realtime: { stallMs: 20 } })
    world.command('enable', 0)
    world.turns(20)
    world.interrupt.wait = () => waitResult.timeout
    const end = performance.now() + 200
    while (world.safeCodes.length === 0 && performance.now() < end) world.turn()
    expect(world.safeCodes).toEqual(['DP_CARD_SILENT'])
  })

  test('a wait that fails makes the machine safe and ends the loop', () => {
    const world = new World()
    world.turns(3)
    world.interrupt.wait = () => waitResult.failed
    world.turn()
    expect(world.cycle.ended).toBe(true)
    expect(world.safeCodes).toEqual(['DP_CARD_FAULT'])
  })

  test('a bus that fails leaves nothing claimed of its drives: no power, not homed', () => {
    const world = new World()
    world.command('enable', 0)
    world.turns(20)
    world.command('home', 0, 5)
    world.turns(3)
    expect(world.status(0)).toMatchObject({ power: 'af', homed: true })
    world.card.beginCycle = () => cycleState.faulted
    world.turn()
    expect(world.safeCodes).toEqual(['DP_CARD_FAULT'])
    expect(world.status(0)).toMatchObject({ state: 'errorStop', power: 'notReady', homed: false })
  })

  test('the interrupt is re-armed once a turn, when the outputs are out, and after a time-out too', () => {
    const world = new World()
    const handedOver: number[] = []
    world.interrupt.rearm = () => {
      handedOver.push(world.card.handedOver)
      return true
    }
    world.turns(3)
    expect(handedOver).toEqual([1, 2, 3])
    world.interrupt.wait = () => waitResult.timeout
    world.turn()
    expect(handedOver).toEqual([1, 2, 3, 3])
  })

  test('a card that failed, or that was silenced, is not re-armed', () => {
    const faulted = new World()
    faulted.turns(3)
    faulted.card.beginCycle = () => cycleState.faulted
    faulted.turn()
    expect(faulted.interrupt.rearmed).toBe(3)
    const halted = new World()
    halted.turns(3)
    halted.control.halt()
    halted.turn()
    expect(halted.interrupt.rearmed).toBe(3)
  })

  test.each([
    ['whose run-up failed', cycleState.faulted],
    ['that was left', cycleState.left],
  ])('a card %s is not re-armed in the turn in which it was silenced', (_, outcome) => {
    const world = new World()
    world.card.state = cycleState.starting
    world.turns(2)
    expect(world.interrupt.rearmed).toBe(2)
    world.card.advance = () => {
      world.card.state = outcome
      return undefined
    }
    world.turn()
    expect(world.interrupt.rearmed).toBe(2)
  })

  test('a device that vanishes ends the loop', () => {
    const world = new World()
    world.turns(3)
    world.interrupt.wait = () => waitResult.gone
    world.turn()
    expect(world.cycle.ended).toBe(true)
    expect(world.safeCodes).toEqual(['DP_CARD_GONE'])
    expect(world.cycle.cardGone).toBe(true)
    expect(unpackAxisStatus(world.control.axisStatus(0)).state).toBe('errorStop')
  })

  test('an axis that does not follow goes to errorStop and holds its position under power', () => {
    const world = new World()
    world.command('enable', 0)
    world.turns(20)
    // from here on the drives' feedback stands still
    world.card.endCycle = () => undefined
    world.command('moveAbsolute', 0, 200)
    world.turns(1500)
    expect(unpackAxisStatus(world.control.axisStatus(0))).toEqual({
      state: 'errorStop',
      power: 'af',
      homed: false,
      error: axisError.followingError,
    })
    const followingError = world.axis(0, recordAxis.followingError)
    expect(followingError).toBeGreaterThan(50)
    expect(followingError).toBeLessThan(100)
    world.turn()
    expect(world.axis(0, recordAxis.followingError)).toBe(followingError)
  })

  test('closing brings a moving axis to rest and takes its power before the loop ends', () => {
    const world = new World()
    world.command('enable', 0)
    world.turns(20)
    world.command('moveVelocity', 0, Number.NaN, 100)
    world.turns(300)
    expect(world.axis(0, recordAxis.velocity)).toBeCloseTo(100, 0)
    world.control.requestClose()
    let turns = 0
    while (!world.cycle.ended && turns++ < 2000) world.turn()
    expect(turns).toBeGreaterThan(30)
    expect(world.digitalOut).toBe(0b1000)
    expect(unpackAxisStatus(world.control.axisStatus(0))).toMatchObject({
      state: 'disabled',
      power: 'bb',
    })
    expect(world.safeCodes).toEqual([])
  })
})

test('a main thread that waits for the closing machine is not taken for a stalled one', () => {
  const world = new World(undefined, { realtime: { stallMs: 20 } })
  world.command('enable', 0)
  world.turns(20)
  world.command('moveVelocity', 0, Number.NaN, 100)
  world.turns(300)
  world.control.requestClose()
  let turns = 0
  for (; !world.cycle.ended && turns < 500; turns++) {
    spin(1)
    world.cycle.turn()
  }
  expect(turns).toBeGreaterThan(30)
  expect(world.cycle.ended).toBe(true)
  expect(world.safeCodes).toEqual([])
  expect(unpackAxisStatus(world.control.axisStatus(0)).state).toBe('disabled')
})

describe("setpoints of a user's task", () => {
  test('outside the limits they are refused and counted, and an axis at rest stays where it is', () => {
    let target = 0
    const world = new World(
      cyclicTask({
        cycle: (io) => {
          const x = io.axis('x')
          x.enable()
          x.setPosition(target)
        },
      }),
    )
    world.turns(20)
    const refusedWhileOff = world.counter('refusedSetpoints')
    for (const wrong of [2000, -2000, Number.NaN, 100]) {
      target = wrong
      world.turn()
    }
    expect(world.counter('refusedSetpoints') - refusedWhileOff).toBe(4)
    expect(world.axis(0, recordAxis.setpoint)).toBe(0)
    target = 0.2
    world.turn()
    expect(world.axis(0, recordAxis.setpoint)).toBe(0.2)
    expect(unpackAxisStatus(world.control.axisStatus(0)).state).toBe('synchronizedMotion')
  })
})

test('while an axis is disabled its setpoint follows the feedback', () => {
  const world = new World()
  world.command('enable', 0)
  world.turns(20)
  world.command('moveAbsolute', 0, 5)
  world.turns(500)
  world.command('disable', 0)
  world.turns(20)
  expect(world.axis(0, recordAxis.position)).toBe(5)
  expect(world.axis(0, recordAxis.setpoint)).toBe(5)
  expect(unpackAxisStatus(world.control.axisStatus(0)).state).toBe('disabled')
})

function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
