/** A program for tests: bytes by which the heap grows in a step of couplings of all kinds, printed. */
import { CamIn } from '../../control/coupling/cam-in.ts'
import { DigitalCamSwitch } from '../../control/coupling/cam-switch.ts'
import { makeCam } from '../../control/coupling/cam-table.ts'
import { CombineAxes } from '../../control/coupling/combine-axes.ts'
import { GearIn } from '../../control/coupling/gear-in.ts'
import { GearInPos } from '../../control/coupling/gear-in-pos.ts'
import { VirtualMaster } from '../../control/coupling/master-source.ts'
import { MeasuredMaster } from '../../control/coupling/measured-master.ts'
import { driveProbe, TouchProbe } from '../../control/coupling/touch-probe.ts'
import type { Motion } from '../../control/axis/motion.ts'
import { Dynamics } from '../../control/axis/dynamics.ts'
import { KinematicLimits } from '../../control/trajectory/kinematic-limits.ts'
import { MotionState } from '../../control/trajectory/motion-state.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { rehearsePlanner } from './rehearse-planner.ts'

const cycleS = 0.001
const own = new KinematicLimits()
own.set(500, 5000, 200_000)
const cam = makeCam({
  from: { master: 0, slave: 0 },
  sections: [
    { law: 'modifiedSine', master: 30, slave: 20 },
    { law: 'polynomial5', master: 90, slave: 0 },
  ],
})
const swing = new VirtualMaster()
const drift = new MeasuredMaster(cycleS, 10)
const gear = new GearIn(cycleS, own, swing)
/** Never in gear: too fast. */
const chase = new GearIn(cycleS, own, swing)
chase.numerator = 30
const onCam = new CamIn(cycleS, own, swing, cam)
onCam.cam.periodic = true
const combined = new CombineAxes(cycleS, own, swing, drift)
/** Begun again and again. */
const meeting = new GearInPos(cycleS, own, drift)
const motions: readonly Motion[] = [gear, chase, onCam, combined, meeting]
const setpoints = motions.map(() => new MotionState())
const track = { modulo: 10, hysteresis: 0.1, onCompensationS: -0.01 }
const switches = new DigitalCamSwitch(
  cycleS,
  swing,
  [track, {}],
  [
    { track: 0, first: 2, last: 5 },
    { track: 1, first: 3, last: 3, durationS: 0.02 },
  ],
)
const probe = new TouchProbe()
const dynamics = new Dynamics(10, 1000, 100_000)
const counts = { cycle: 0, inGear: 0, inSync: 0, met: 0, switched: 0, probed: 0 }

function lead(): void {
  const t = counts.cycle * cycleS
  swing.position = 20 * Math.sin(3 * t)
  swing.velocity = 60 * Math.cos(3 * t)
  swing.acceleration = -180 * Math.sin(3 * t)
  drift.measured = Math.round(t * 1e5) / 1e4
  drift.update()
}

function step(): void {
  const cycle = ++counts.cycle
  lead()
  if (cycle % 40 === 0) beginAnew(cycle)
  for (let n = 0; n < motions.length; n++) (motions[n] as Motion).step(setpoints[n] as MotionState)
  switches.update()
  probe.begin()
  probe.drive = probe.wanted ? driveProbe.latched : driveProbe.off
  probe.latchedPosition = swing.position
  probe.update()
  if (gear.inGear) counts.inGear++
  if (onCam.inSync) counts.inSync++
  if (meeting.inSync) counts.met++
  if (switches.outputs !== 0) counts.switched++
  counts.probed += probe.count
}

function beginAnew(cycle: number): void {
  const met = setpoints[4] as MotionState
  meeting.masterSync = drift.position + 0.3
  meeting.slaveSync = met.position + 0.2
  meeting.masterStartDistance = 0.25
  meeting.begin(met)
  // a setter takes numbers, which are on the heap: seldom
  if (cycle % 2000 === 0) combined.phase.moveTo(cycle % 4000 === 0 ? 0.1 : -0.1, dynamics)
}

function steps(count: number): void {
  for (let n = 0; n < count; n++) step()
}

for (let n = 0; n < motions.length; n++) (motions[n] as Motion).begin(setpoints[n] as MotionState)
rehearsePlanner()
steps(100_000)
const bytesPerCycle = heapGrowthPerCycle(steps, 20_000)
console.log(JSON.stringify({ bytesPerCycle, ...counts }))
