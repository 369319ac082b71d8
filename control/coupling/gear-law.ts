/** slave = slaveAt + ratio (master - masterAt). Cyclic. */
import { MotionState } from '../trajectory/motion-state.ts'
import type { CouplingLaw } from './coupling-law.ts'

/** Which of the equal places of an endless slave it takes: the nearest, the next one ahead, or the one behind. */
export const syncModes = ['shortest', 'catchUp', 'slowDown'] as const
export type SyncModeName = (typeof syncModes)[number]
export const syncMode = { shortest: 0, catchUp: 1, slowDown: 2 } as const satisfies Record<
  SyncModeName,
  number
>
export type SyncMode = (typeof syncMode)[SyncModeName]

export class GearLaw implements CouplingLaw {
  readonly master = new MotionState()
  readonly slave = new MotionState()
  leftS = 0.5
  /** Slave's unit for one of the master's. */
  ratio = 0.5
  /** These belong together. */
  masterAt = 0.5
  slaveAt = 0.5
  /** Places of the slave that are this far apart are equal, unit; 0: none are. */
  slaveModulo = 0.5
  mode: SyncMode = syncMode.shortest

  constructor() {
    this.leftS = 0
    this.ratio = 1
    this.masterAt = 0
    this.slaveAt = 0
    this.slaveModulo = 0
  }

  /** Chooses among equal places the one that suits the slave's way: by where it gets without being hurried or held up. */
  enter(from: MotionState): void {
    const { slaveModulo, mode, slave } = this
    if (!(slaveModulo > 0)) return
    this.evaluate()
    const unhurried = from.position + (this.leftS * (from.velocity + slave.velocity)) / 2
    const turns = (unhurried - slave.position) / slaveModulo
    // ahead and behind are meant in the direction of motion
    const ahead = slave.velocity < 0 ? mode === syncMode.slowDown : mode === syncMode.catchUp
    const whole =
      mode === syncMode.shortest ? Math.round(turns) : ahead ? Math.ceil(turns) : Math.floor(turns)
    this.slaveAt += slaveModulo * whole
  }

  evaluate(): void {
    const { master, slave, ratio } = this
    slave.position = this.slaveAt + ratio * (master.position - this.masterAt)
    slave.velocity = ratio * master.velocity
    slave.acceleration = ratio * master.acceleration
  }

  shift(distance: number): void {
    this.slaveAt += distance
  }
}
