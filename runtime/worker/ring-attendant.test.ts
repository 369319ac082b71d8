/** What the cycle does with requests to the ring: on a private card that a test takes through its states by hand. */
import { beforeEach, describe, expect, test } from 'vitest'
import { cardRequest, cardRequestState, cycleState } from '../../cards/card.ts'
import { machine, World } from '../../test/runtime/cycle-world.ts'
import { DualportError } from '../../errors.ts'
import { ringAct, RingBlock } from '../shared/ring-block.ts'
import { cyclicTask } from '../task.ts'
import type { CyclicTask, DigitalOut } from '../task.ts'

const phase2 = 2

let world: World
let block: RingBlock
let number: number
/** Requests that came to the card. */
let asked: number[][]

function open(task?: CyclicTask): void {
  world = new World(task)
  block = new RingBlock(world.shared.ring)
  number = 0
  asked = []
  world.card.request = (what, argument) => {
    asked.push([what, argument])
    world.card.requestState = cardRequestState.underWay
    if (what === cardRequest.goToPhase || what === cardRequest.restart)
      world.card.state = cycleState.starting
    return true
  }
  world.turns(3)
}

beforeEach(() => open())

function ask(act: number, argument = 0): void {
  block.ask(++number, act, argument)
  world.turn()
}

/** The card has done what it was asked for. */
function done(state: number = cardRequestState.done): void {
  world.card.requestState = state
  world.turn()
}

function answers(): (string | undefined)[] {
  return world.messages.flatMap((message) =>
    message.kind === 'ringAnswer' ? [message.error?.code ?? 'done'] : [],
  )
}

function kinds(): string[] {
  return world.messages.map(({ kind }) => kind)
}

describe('taking the ring out of operation', () => {
  test('is refused while an axis has power, and the cycle goes on', () => {
    world.command('enable', 2)
    world.turns(20)
    ask(ringAct.goToPhase, phase2)
    expect(answers()).toEqual(['DP_RING_POWER'])
    expect(world.messages.at(-1)).toMatchObject({ error: { actual: 'power on z' } })
    expect(asked).toEqual([])
    ask(ringAct.restart)
    expect(answers()).toEqual(['DP_RING_POWER', 'DP_RING_POWER'])
  })

  test('parks the axes, refuses their commands, and is answered when the card is there', () => {
    world.command('home', 0, 5)
    world.turns(2)
    ask(ringAct.goToPhase, phase2)
    expect(asked).toEqual([[cardRequest.goToPhase, phase2]])
    expect(kinds()).toContain('lowered')
    expect(world.status(0)).toMatchObject({ state: 'disabled', power: 'notReady', homed: false })
    world.command('enable', 0)
    world.turns(5)
    expect(answers()).toEqual([])
    done()
    expect(answers()).toEqual(['done'])
    ask(ringAct.goToPhase, 4)
    world.card.state = cycleState.operational
    done()
    world.turns(20)
    expect(kinds().filter((kind) => kind === 'operational')).toHaveLength(2)
    expect(answers()).toEqual(['done', 'done'])
    // the command that came while there were no process data is not carried out now
    expect(world.status(0)).toMatchObject({ state: 'disabled', power: 'bb' })
    expect(world.safeCodes).toEqual([])
  })

  test('that fails is answered with why', () => {
    ask(ringAct.openRing, 1)
    world.card.requestError = new DualportError('DP_SERCOS3_TOPOLOGY', { actual: 'a line' })
    done(cardRequestState.failed)
    expect(answers()).toEqual(['DP_SERCOS3_TOPOLOGY'])
  })
})

test('a request that the card does not take is answered at once', () => {
  world.card.request = () => false
  ask(ringAct.recoverRing)
  expect(answers()).toEqual(['DP_RING_BUSY'])
})

test('a run-up is answered when commands are taken again: after the word that the ring is operational', () => {
  ask(ringAct.goToPhase, phase2)
  done()
  ask(ringAct.goToPhase, 4)
  // as the driver does: it is there at the end of a turn that began without process data
  world.card.advance = () => {
    world.card.state = cycleState.operational
    world.card.requestState = cardRequestState.done
    return undefined
  }
  world.turns(2)
  expect(kinds().slice(-2)).toEqual(['operational', 'ringAnswer'])
})

describe('a restart of the machine', () => {
  test('out of a machine that is not in its safe state is refused', () => {
    ask(ringAct.restartMachine)
    expect(answers()).toEqual(['DP_MACHINE_RESTART'])
  })

  test('after a bus that failed leaves the safe state in the first operational cycle', () => {
    world.command('enable', 0)
    world.turns(20)
    world.card.state = cycleState.faulted
    world.turns(3)
    expect(world.safeCodes).toEqual(['DP_CARD_FAULT'])
    expect(world.status(0)).toMatchObject({ state: 'errorStop' })
    ask(ringAct.restartMachine)
    expect(asked).toEqual([[cardRequest.restart, 0]])
    world.turns(5)
    expect(world.status(0)).toMatchObject({ state: 'errorStop' })
    world.card.state = cycleState.operational
    done()
    world.turns(3)
    expect(answers()).toEqual(['done'])
    expect(world.cycle.safe.entered).toBe(false)
    expect(world.digitalOut).toBe(0b1000)
    expect(world.status(0)).toMatchObject({ state: 'disabled', power: 'bb', error: 0 })
    world.command('enable', 0)
    world.turns(20)
    expect(world.status(0)).toMatchObject({ state: 'standstill', power: 'af' })
  })

  test('that fails stays in the safe state and says why', () => {
    world.card.state = cycleState.faulted
    world.turns(2)
    ask(ringAct.restartMachine)
    world.card.state = cycleState.faulted
    world.turn()
    expect(answers()).toEqual(['DP_CARD_FAULT'])
    expect(world.cycle.safe.entered).toBe(true)
    ask(ringAct.restartMachine)
    world.card.state = cycleState.operational
    done()
    world.turn()
    expect(answers()).toEqual(['DP_CARD_FAULT', 'done'])
    expect(world.cycle.safe.entered).toBe(false)
  })

  test('waits until the axes have given up power, on a ring that is still operational', () => {
    world.command('enable', 0)
    world.turns(20)
    world.command('moveVelocity', 0, Number.NaN, 100)
    world.turns(300)
    world.card.lostDevice = 4
    world.turn()
    expect(world.safeCodes).toEqual(['DP_RING_IO_LOST'])
    expect(world.messages.find(({ kind }) => kind === 'safe')).toMatchObject({
      error: { at: 'device io' },
    })
    world.card.lostDevice = -1
    ask(ringAct.restartMachine)
    expect(asked).toEqual([])
    world.turns(400)
    expect(asked).toEqual([[cardRequest.restart, 0]])
    expect(answers()).toEqual([])
  })

  test('that sets a task up again keeps its outputs safe until the ring is there', () => {
    let lamp: DigitalOut
    open(
      cyclicTask({
        setup(io) {
          lamp = io.digitalOut('lamp')
          lamp.value = true
        },
        cycle() {
          throw new Error('planned')
        },
      }),
    )
    ask(ringAct.restartMachine, 1)
    world.turn()
    expect(world.cycle.safe.entered).toBe(true)
    expect(world.digitalOut).toBe(0b1000)
  })

  test('does not run a task again that failed, unless it is told to; then it is set up anew', () => {
    const calls: string[] = []
    let broken = true
    open(
      cyclicTask({
        setup: () => void calls.push('setup'),
        cycle: () => {
          if (broken) throw new Error('planned')
          calls.push('cycle')
        },
      }),
    )
    expect(world.safeCodes).toEqual(['DP_TASK_FAILED'])
    ask(ringAct.restartMachine)
    expect(answers()).toEqual(['DP_MACHINE_RESTART'])
    broken = false
    ask(ringAct.restartMachine, 1)
    world.turns(20)
    world.card.state = cycleState.operational
    done()
    world.turn()
    expect(answers()).toEqual(['DP_MACHINE_RESTART', 'done'])
    expect(calls).toEqual(['setup', 'setup', 'cycle', 'cycle'])
  })
})

test('phase, cables and connections are shown to the main thread', () => {
  world = new World(undefined, machine())
  block = new RingBlock(world.shared.ring)
  world.turns(2)
  expect([block.phase, block.topology, block.samples]).toEqual([4, 4, 1])
  expect([block.state(0), block.losses(0)]).toEqual([3, 0])
  world.card.state = cycleState.faulted
  world.turns(2)
  expect([block.samples, block.state(0)]).toEqual([2, 0])
})
