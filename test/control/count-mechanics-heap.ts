/** A program for tests: bytes by which the heap grows in a cycle of every part of control/mechanics and control/plants, printed. */
import { MotionState } from '../../control/trajectory/motion-state.ts'
import { motionResult } from '../../control/axis/motion.ts'
import { Brake } from '../../control/mechanics/brake.ts'
import { backlashTable } from '../../control/mechanics/compensation/compensation-table.ts'
import { Compensation } from '../../control/mechanics/compensation/compensation.ts'
import { FollowingErrorSupervision } from '../../control/mechanics/following-error.ts'
import { GantryHoming } from '../../control/mechanics/gantry/gantry-homing.ts'
import { GantryPair } from '../../control/mechanics/gantry/gantry-pair.ts'
import { Homing } from '../../control/mechanics/homing/homing.ts'
import { SoftwareLimits } from '../../control/mechanics/software-limits.ts'
import { ServoPlant } from '../../control/plants/servo.ts'
import { TwoMassServo } from '../../control/plants/two-mass-servo.ts'
import { KinematicLimits } from '../../control/trajectory/kinematic-limits.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

const cycleS = 0.001
const dynamics = { acceleration: 100_000, jerk: 100_000_000 }
const friction = { viscousNmSPerRad: 0.01, coulombNm: 0.1, breakawayNm: 0.2, stribeckRadPerS: 1 }
const servo = new ServoPlant({
  inertiaKgM2: 0.002,
  friction,
  peakTorqueNm: 10,
  countsPerTurn: 2 ** 20,
  stepS: 2.5e-4,
})
const twoMass = new TwoMassServo({
  motorInertiaKgM2: 1e-3,
  loadInertiaKgM2: 3e-3,
  stiffnessNmPerRad: 300,
  dampingNmSPerRad: 0.05,
  playRad: 0.001,
  motorFriction: friction,
  loadFriction: friction,
  peakTorqueNm: 10,
  torqueLagS: 0.001,
  countsPerTurn: 2 ** 20,
  stepS: 2.5e-4,
})
servo.dtS = cycleS
twoMass.dtS = cycleS

const search = { ...dynamics, searchVelocity: 400, latchVelocity: 200, distance: 200, timeoutS: 20 }
const homing = new Homing(cycleS, {
  ...search,
  method: 'limitSwitch',
  toIndex: true,
  indexDistance: 12,
  direction: -1,
  position: 0,
  finalPosition: 5,
})
const homingSetpoint = new MotionState()
let homed = 0

const pair = new GantryPair(cycleS, {
  skew: { window: 1, windowPerVelocityS: 0.01, lagS: 0.001, filterS: 0.01 },
  alignment: { velocity: 100, ...dynamics },
  correction: { gain: 0.5, integralPerS: 1, limit: 0.1, rate: 1 },
})
const squaring = new GantryHoming(cycleS, pair, {
  ...search,
  direction: -1,
  position: 0,
  switchOffset: 0.25,
  skewMax: 2,
})
const squaringSetpoint = new MotionState()
let squared = 0

const compensation = new Compensation(cycleS, backlashTable(0.1), { ...dynamics, velocity: 5 })
const supervision = new FollowingErrorSupervision(cycleS, { window: 1, filterS: 0.01, lagS: 0.01 })
const limits = new KinematicLimits()
limits.set(100, 5000, 500_000)
const softwareLimits = new SoftwareLimits(limits, -10, 10)
const brake = new Brake(cycleS, { releaseS: 0.05, engageS: 0.05, preloadS: 0.01, sagMax: 1 })
let cycle = 0

function steps(count: number): void {
  for (let n = 0; n < count; n++) step()
}

function step(): void {
  cycle++
  turn()
  home()
  square()
  servo.commandNm = Math.sin(cycle * 0.05)
  servo.advance()
  twoMass.commandNm = servo.commandNm
  twoMass.advance()
  compensation.enabled = true
  compensation.position = servo.angleRad
  compensation.update()
  supervision.error = 0.5 * servo.commandNm
  supervision.velocity = servo.commandNm
  supervision.update()
  softwareLimits.setpoint.position = servo.commandNm
  softwareLimits.setpoint.velocity = 10 * servo.commandNm
  softwareLimits.setpoint.acceleration = 100 * servo.commandNm
  softwareLimits.allows()
}

function turn(): void {
  brake.powerRequested = cycle % 300 < 150
  brake.torqueOn = brake.drivePower
  brake.actualPosition = servo.angleRad
  brake.setpoint = servo.angleRad
  brake.update()
}

function home(): void {
  const { signals } = homing
  const { position } = homingSetpoint
  signals.negativeLimit = position < -3.25
  signals.latched = homing.armsLatch && position > 0.5
  signals.latchedPosition = 0.5
  signals.actualPosition = position
  if (homing.step(homingSetpoint) !== motionResult.done) return
  homed++
  homing.begin(homingSetpoint)
}

function square(): void {
  const { position } = squaringSetpoint
  pair.setpoint = position
  pair.velocity = squaringSetpoint.velocity
  pair.update()
  pair.leadActual = position
  pair.followActual = pair.followSetpoint
  squaring.leadSwitch = pair.leadActual < -3.25
  squaring.followSwitch = pair.followActual < -3
  if (squaring.step(squaringSetpoint) !== motionResult.done) return
  squared++
  squaring.begin(squaringSetpoint)
}

homing.begin(homingSetpoint)
squaring.begin(squaringSetpoint)
// sequences are short, so that all of them is done often; and so long that whatever gets a compiled form has it
steps(60_000)
const bytesPerCycle = heapGrowthPerCycle(steps, 20_000)
console.log(JSON.stringify({ bytesPerCycle, homed, squared }))
