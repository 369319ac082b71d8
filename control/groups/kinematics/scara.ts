/**
 * SCARA: two level arms, then a column (z) and the turn of the tool. Axes: shoulder, elbow (deg), z (unit), turn (deg); tool:
 * x, y, z (unit), direction (deg), all counted counterclockwise from +x. Two axes: arms alone; three: arms and z.
 */
import { kinematicsResult, type Kinematics, type KinematicsResult } from './kinematics.ts'

const degree = Math.PI / 180

export interface ScaraDimensions {
  /** Lengths of the arms, unit. */
  readonly upper: number
  readonly fore: number
  /** 'left': the elbow axis is positive, the elbow lies to the right of the line to the tool; 'right': it is negative. */
  readonly configuration: 'left' | 'right'
  /** How near the elbow may come to 0 and 180 deg, where the arms are in line. 5 deg if not given. */
  readonly elbowMargin?: number
}

export class ScaraKinematics implements Kinematics {
  readonly configuration: 'left' | 'right'
  readonly axes: number
  readonly linear = false
  readonly scale: number
  readonly #upper: number
  readonly #fore: number
  readonly #side: number
  readonly #margin: number

  constructor(axes: 2 | 3 | 4, dimensions: ScaraDimensions) {
    this.axes = axes
    this.configuration = dimensions.configuration
    this.scale = Math.min(dimensions.upper, dimensions.fore)
    this.#upper = dimensions.upper
    this.#fore = dimensions.fore
    this.#side = dimensions.configuration === 'left' ? 1 : -1
    this.#margin = Math.sin((dimensions.elbowMargin ?? 5) * degree)
  }

  forward(axes: Float64Array, tool: Float64Array): KinematicsResult {
    const shoulder = (axes[0] as number) * degree
    const elbow = (axes[1] as number) * degree
    tool[0] = this.#upper * Math.cos(shoulder) + this.#fore * Math.cos(shoulder + elbow)
    tool[1] = this.#upper * Math.sin(shoulder) + this.#fore * Math.sin(shoulder + elbow)
    if (this.axes > 2) tool[2] = axes[2] as number
    if (this.axes > 3) tool[3] = (axes[0] as number) + (axes[1] as number) + (axes[3] as number)
    // an elbow of the other side belongs to the other configuration
    return Math.sin(elbow) * this.#side < this.#margin
      ? kinematicsResult.singular
      : kinematicsResult.ok
  }

  inverse(tool: Float64Array, axes: Float64Array): KinematicsResult {
    const x = tool[0] as number
    const y = tool[1] as number
    const upper = this.#upper
    const fore = this.#fore
    const cos = (x * x + y * y - upper * upper - fore * fore) / (2 * upper * fore)
    // negated, so that NaN fails it
    if (!(Math.abs(cos) <= 1)) return kinematicsResult.unreachable
    const sin = Math.sqrt(1 - cos * cos)
    if (sin < this.#margin) return kinematicsResult.singular
    const elbow = Math.atan2(this.#side * sin, cos) / degree
    const shoulder =
      (Math.atan2(y, x) - Math.atan2(fore * this.#side * sin, upper + fore * cos)) / degree
    // whole turns: as near as may be to where the shoulder is
    const turns = Math.round(((axes[0] as number) - shoulder) / 360)
    axes[0] = shoulder + 360 * turns
    axes[1] = elbow
    if (this.axes > 2) axes[2] = tool[2] as number
    if (this.axes > 3) axes[3] = (tool[3] as number) - axes[0] - elbow
    return kinematicsResult.ok
  }
}
