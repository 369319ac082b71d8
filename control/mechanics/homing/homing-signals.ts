/** What a homing sequence reads every cycle. Positions are in the axis's coordinates as they are while it homes. */
export class HomingSignals {
  /** The switches are actuated: true means the axis is on them, whatever level their inputs have. */
  negativeLimit = false
  positiveLimit = false
  homeSwitch = false
  /** Unit and unit/s. */
  actualPosition = 0.5
  actualVelocity = 0.5
  /** % of rated torque. */
  torque = 0.5
  /** The index pulse came while the sequence asked for it, and where, unit. Goes back to false when it no longer asks. */
  latched = false
  latchedPosition = 0.5
  /** Whoever catches the pulse refused. */
  latchRefused = false
  /** The encoder is absolute and knows where it is. */
  absolute = false

  constructor() {
    this.actualPosition = 0
    this.actualVelocity = 0
    this.torque = 0
    this.latchedPosition = 0
  }
}
