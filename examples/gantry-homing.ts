/**
 * A gantry: two drives carry one beam, which came to rest 1.2 mm out of square. The cyclic task homes both sides together on
 * their switches, squares the beam, and then moves it: x leads, y follows. The emulated I/O device returns its outputs as its
 * inputs, so the task can play the switches of the machine as well.
 * In files of yours the imports are from 'dualport', 'dualport/task' and 'dualport/control'.
 * Prints: the beam was 1\.20 mm out of square; squared to -?0\.0\d mm, and moved to 50\.0 mm with a skew of 0\.0\d mm at most
 */
import { isMainThread } from 'node:worker_threads'
import {
  AxisTrajectory,
  describeHomingFailure,
  GantryHoming,
  GantryPair,
  MotionState,
  motionResult,
} from '../control/index.ts'
import { cyclicTask } from '../runtime/task.ts'
import type { AxisIo, DigitalIn, DigitalOut } from '../runtime/task.ts'

/** Where the switches are, by the drives' own encoders: as far apart as the beam is out of square. */
const switchX = -5
const switchY = switchX - 1.2
const dynamics = { acceleration: 500, jerk: 10_000 }

type Side = { readonly axis: AxisIo; readonly wire: DigitalOut; readonly contact: DigitalIn }
let lead: Side
let follow: Side
let pair: GantryPair
let homing: GantryHoming
const setpoint = new MotionState()
const move = new AxisTrajectory()
let stage: 'power' | 'homing' | 'moving' = 'power'

export default cyclicTask({
  setup(io) {
    lead = { axis: io.axis('x'), wire: io.digitalOut('lamp'), contact: io.digitalIn('lamp-on') }
    follow = {
      axis: io.axis('y'),
      wire: io.digitalOut('gripper'),
      contact: io.digitalIn('gripper-closed'),
    }
    pair = new GantryPair(io.cycleS, {
      skew: { window: 0.5, filterS: 0.02 },
      alignment: { velocity: 5, ...dynamics },
      correction: { gain: 0.2, integralPerS: 1, limit: 0.3, rate: 5 },
    })
    homing = new GantryHoming(io.cycleS, pair, {
      direction: -1,
      searchVelocity: 20,
      latchVelocity: 2,
      ...dynamics,
      distance: 20,
      timeoutS: 10,
      position: 0,
      switchOffset: 0,
      skewMax: 3,
    })
    move.limits.set(100, dynamics.acceleration, dynamics.jerk)
  },

  cycle(io) {
    lead.axis.enable()
    follow.axis.enable()
    lead.wire.value = lead.axis.position <= switchX
    follow.wire.value = follow.axis.position <= switchY
    pair.leadActual = lead.axis.position
    pair.followActual = follow.axis.position
    homing.leadSwitch = lead.contact.value
    homing.followSwitch = follow.contact.value
    if (!lead.axis.operational || !follow.axis.operational) return
    if (stage === 'power') begin()
    else if (stage === 'homing') home()
    else goOn(io.cycleS)
    pair.setpoint = setpoint.position
    pair.velocity = setpoint.velocity
    pair.update()
    if (pair.tripped) throw new Error(`the beam is ${pair.skew} mm out of line`)
    lead.axis.setPosition(setpoint.position, setpoint.velocity)
    follow.axis.setPosition(pair.followSetpoint, setpoint.velocity)
  },
})

function begin(): void {
  pair.couple()
  setpoint.set(lead.axis.setpoint, 0, 0)
  homing.begin(setpoint)
  stage = 'homing'
}

function home(): void {
  const result = homing.step(setpoint)
  if (result === motionResult.failed) throw new Error(describeHomingFailure(homing.failure))
  if (result === motionResult.running) return
  // 50 mm from the reference, in coordinates that the drives still count in
  move.from.set(setpoint.position, setpoint.velocity, setpoint.acceleration)
  move.to.set(50 - homing.found, 0, 0)
  move.plan()
  move.time = 0
  stage = 'moving'
}

function goOn(cycleS: number): void {
  move.time += cycleS
  move.sample()
  setpoint.set(move.position, move.velocity, move.acceleration)
}

if (isMainThread) {
  const { filter, firstValueFrom } = await import('rxjs')
  const { openMachine } = await import('../runtime/index.ts')
  const machine = await openMachine(new URL('machines/demo.json', import.meta.url), {
    taskModule: new URL(import.meta.url),
  })
  const [ofX, ofY] = [machine.axis('x'), machine.axis('y')]
  const actual = { x: [] as number[], y: [] as number[] }
  ofX.samples$.subscribe(({ position }) => actual.x.push(...position))
  ofY.samples$.subscribe(({ position }) => actual.y.push(...position))
  // what the task throws: nobody catches it, so the program ends, and the machine safely with it
  machine.events$.pipe(filter(({ kind }) => kind === 'safe')).subscribe(({ error }) => {
    throw error ?? new Error('safe')
  })
  await machine.operational
  await firstValueFrom(ofX.position$.pipe(filter((at) => at > switchX + 49.99)))
  await machine.close()

  // out of square is what the sides are apart beyond their switches
  const skew = actual.x.map((at, n) => (actual.y[n] ?? 0) - switchY - (at - switchX))
  const moving = actual.x.findLastIndex((at) => at < switchX + 1)
  const most = Math.max(...skew.slice(moving).map(Math.abs))
  const reached = (actual.x.at(-1) ?? 0) - switchX
  console.log(
    `the beam was ${skew[0]?.toFixed(2)} mm out of square; squared to ${skew.at(-1)?.toFixed(2)} mm, ` +
      `and moved to ${reached.toFixed(1)} mm with a skew of ${most.toFixed(2)} mm at most`,
  )
}
