/**
 * Plays the cycle through on an emulated ring with the machine's own devices and axes before the real card is touched:
 * V8 compiles for the objects that it has seen, so only the very classes of the real cycle, on memory of the same kind,
 * spare the first real cycles its second thoughts. Before real-time scheduling, because V8 compiles in threads that a FIFO
 * worker would starve. The user's task is not called: it may do what nobody has asked it to do yet.
 */
import { MonotonicClock } from '../../uio/clock.ts'
import { nsPerSecond } from '../../units.ts'
import { restoreError } from '../error-snapshot.ts'
import type { AxisFile, MachineFile } from '../machine-file/schema.ts'
import type { CommandVerb } from '../shared/command-ring.ts'
import { rehearseClock } from './rehearse-clock.ts'
import { RehearsalStage } from './rehearsal-stage.ts'

/** Turns before the bus starts; the last of them come by the time-out, 10 ms each. */
const startingTurns = 500
const timeOuts = 2
/** Turns of the two performances; together they cost about half as long as the run-up of a real ring. */
const firstTurns = 2000
const secondTurns = 10_000
const actEvery = 100
/** A move is made to last so many turns. */
const moveTurns = 180
/** What the emulated drives can do, increments/s. */
const fastest = 5_000_000
/** Turns from one mishap to the next: a worker that did not get its CPU, telegrams that did not come back. */
const mishapEvery = 1009
/** A machine too slow to get through in this time begins with what it has rehearsed, ns. */
const longestNs = 1.5 * nsPerSecond
/** The axes come to rest and their drives lose power; the pauses of leaving the bus are not waited for. */
const closingTurns = 200

type Act =
  | {
      readonly verb: CommandVerb
      readonly position?: number
      readonly velocity?: number
      /** Through every section of the profile, instead of as hard as the axis may. */
      readonly gently?: true
    }
  | undefined

/** Given to every axis in turn; positions are shares of the reach, velocities of the speed. */
const programme: readonly Act[] = [
  { verb: 'enable' },
  undefined,
  { verb: 'home', position: 0 },
  { verb: 'moveRelative', position: 1 },
  undefined,
  { verb: 'moveAbsolute', position: 0, velocity: 1, gently: true },
  undefined,
  { verb: 'moveRelative', position: 1, velocity: 1, gently: true },
  // before it has arrived
  { verb: 'moveAbsolute', position: -1 },
  undefined,
  { verb: 'moveVelocity', velocity: 1, gently: true },
  { verb: 'halt' },
  undefined,
  { verb: 'moveVelocity', velocity: -0.5 },
  { verb: 'stop' },
  undefined,
  { verb: 'disable' },
  { verb: 'reset' },
]

/**
 * Throws what the driver throws of a ring that does not come up, or why the machine went to its safe state. Not cyclic;
 * takes some tenths of a second.
 */
export function rehearse(file: MachineFile): void {
  // The first detached buffer of a thread costs all compiled code that reads buffers: it is to come before any is compiled.
  new ArrayBuffer(1).transfer(0)
  const play: MachineFile = {
    ...file,
    // code that is not compiled yet may overrun for long
    realtime: { ...file.realtime, toleratedOverruns: 1_000_000 },
    // the emulated devices have only the parameters of every device
    devices: file.devices.map((device) => ({ ...device, parameters: [] })),
  }
  const clock = new MonotonicClock()
  const endNs = clock.now() + longestNs
  // Closing at the end of the only one would leave code behind that has just been told to forget its assumptions.
  perform(play, firstTurns, closingTurns, () => clock.now() < endNs)
  if (clock.now() < endNs) perform(play, secondTurns, 0, () => clock.now() < endNs)
  rehearseClock(file.cycleUs * 1000)
}

/** `goOn` is asked before each act. */
function perform(file: MachineFile, turns: number, closing: number, goOn: () => boolean): void {
  const stage = new RehearsalStage(file)
  try {
    for (let k = 0; k < startingTurns; k++) stage.idleTurn(k < startingTurns - timeOuts)
    stage.runUp()
    for (let k = 0; k < turns; k++) {
      if (k % actEvery === 0) {
        if (!goOn()) return
        command(stage, file, k / actEvery)
      }
      if (k % mishapEvery === 0) stage.missTurn()
      else if (k % mishapEvery === actEvery) stage.chip.losses.at = 1
      stage.turn()
    }
    if (stage.safeReason !== undefined) throw restoreError(stage.safeReason)
    if (closing > 0) stage.requestClose()
    for (let k = 0; k < closing; k++) stage.turn()
  } finally {
    stage.close()
  }
}

function command(stage: RehearsalStage, file: MachineFile, round: number): void {
  const act = programme[round % programme.length]
  for (let io = 0; io < stage.ios; io++) {
    stage.command('writeDigital', io, { position: 0, velocity: round % 2 })
    stage.command('writeAnalog', io, { position: 0, velocity: round })
  }
  if (act === undefined) return
  const { verb, position = Number.NaN, velocity = Number.NaN } = act
  file.axes.forEach((axis, index) => {
    const { positionMin, positionMax } = axis.limits
    const gentle = gentleMove(axis, moveTurns * file.cycleUs * 1e-6)
    const from = verb === 'moveRelative' ? 0 : (positionMin + positionMax) / 2
    stage.command(verb, index, {
      position: from + position * gentle.distance,
      velocity: velocity * gentle.velocity,
      ...(act.gently === true && { acceleration: gentle.acceleration, jerk: gentle.jerk }),
    })
  })
}

/** A move of `timeS` with a tenth of it for each change of acceleration, and as much again at each acceleration. */
function gentleMove({ limits, incrementsPerUnit }: AxisFile, timeS: number) {
  const rampS = 0.1 * timeS
  const velocity =
    0.99 *
    Math.min(
      limits.velocity,
      fastest / incrementsPerUnit,
      2 * limits.acceleration * rampS,
      2 * limits.jerk * rampS ** 2,
    )
  const acceleration = velocity / (2 * rampS)
  return { distance: 0.7 * velocity * timeS, velocity, acceleration, jerk: acceleration / rampS }
}
