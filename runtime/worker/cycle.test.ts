import { describe, expect, test } from 'vitest'
import { axisError } from '../../control/axis-error.ts'
import type { CycleHeap } from '../../test/runtime/count-cycle-heap.ts'
import { runWorker } from '../../test/uio/run-worker.ts'
import { waitResult } from '../../uio/device.ts'
import { machineSchema } from '../machine-file/schema.ts'
import type { MachineFile, MachineInput } from '../machine-file/schema.ts'
import { unpackAxisStatus } from '../shared/axis-status-word.ts'
import { counterNames } from '../shared/control-block.ts'
import { axisField, ioField, recordAxis, recordIo, recordLayout } from '../shared/record-layout.ts'
import { RecordReader } from '../shared/record-ring.ts'
import { cyclicTask } from '../task.ts'
import type { CyclicTask, DigitalOut } from '../task.ts'
import { PrivateWorld } from './private-world.ts'
import type { WorkerMessage } from './worker-setup.ts'

const layout = recordLayout(4, 1)

function machine(changes: Partial<MachineInput> = {}): MachineFile {
  const drives = [1, 2, 3, 4].map((n) => ({
    name: `drive${n}`,
    address: n,
    profile: 'drive' as const,
  }))
  const limits = { velocity: 300, acceleration: 3000, jerk: 30_000, followingError: 50 }
  return machineSchema.parse({
    name: 'test',
    card: { type: 'sercos3' },
    devices: [...drives, { name: 'io', address: 5, profile: 'io' }],
    axes: ['x', 'y', 'z', 'a'].map((name, k) => ({
      name,
      device: `drive${k + 1}`,
      unit: 'mm',
      limits: { positionMin: -1000, positionMax: 1000, ...limits },
    })),
    io: [
      { kind: 'digitalOutput', name: 'lamp', device: 'io', channel: 0 },
      { kind: 'digitalOutput', name: 'brake', device: 'io', channel: 3, safe: true },
    ],
    ...changes,
  })
}

class World extends PrivateWorld {
  readonly messages: WorkerMessage[]
  readonly records: RecordReader

  constructor(task?: CyclicTask, changes: Partial<MachineInput> = {}) {
    const messages: WorkerMessage[] = []
    super(machine(changes), task, (message) => messages.push(message))
    this.messages = messages
    this.records = new RecordReader(this.shared.records, layout.fields)
  }

  turns(count: number): void {
    for (let k = 0; k < count; k++) this.turn()
  }

  axis(index: number, field: number): number {
    return this.records.newest().get(0, axisField(index, field))
  }

  get digitalOut(): number {
    return this.records.newest().get(0, ioField(layout, 0, recordIo.digitalOut))
  }

  counter(name: (typeof counterNames)[number]): number {
    return this.control.counter(counterNames.indexOf(name))
  }

  get safeCodes(): string[] {
    return this.messages.flatMap((message) => (message.kind === 'safe' ? [message.error.code] : []))
  }
}

describe('the cycle allocates nothing on the heap in steady state', () => {
  const url = new URL('../../test/runtime/count-cycle-heap.ts', import.meta.url)

  test('20,000 warm cycles of four moving axes keep less than a byte per cycle', async () => {
    const heap = (await runWorker(url, { file: machine(), withTask: false })) as CycleHeap
    expect(heap.cycles).toBeGreaterThan(80_000)
    expect(heap.bytesPerCycle).toBeLessThan(1)
  })

  test("20,000 warm cycles of a user's task keep less than a byte per cycle", async () => {
    const heap = (await runWorker(url, { file: machine(), withTask: true })) as CycleHeap
    expect(heap.cycles).toBeGreaterThan(80_000)
    expect(heap.refusedSetpoints).toBe(0)
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
    const task = { module: 'task.js', onOverrun: { tolerated: 3 } }
    const world = new World(cyclicTask({ cycle: () => spin(0.5) }), { cycleUs: 250, task })
    world.turns(3)
    expect(world.safeCodes).toEqual([])
    world.turns(2)
    expect(world.counter('overruns')).toBeGreaterThanOrEqual(4)
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

  test('a device that vanishes ends the loop', () => {
    const world = new World()
    world.turns(3)
    world.interrupt.wait = () => waitResult.gone
    world.turn()
    expect(world.cycle.ended).toBe(true)
    expect(world.safeCodes).toEqual(['DP_CARD_GONE'])
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

describe("setpoints of a user's task", () => {
  test('outside the limits they are refused and counted, and the last accepted one holds', () => {
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
