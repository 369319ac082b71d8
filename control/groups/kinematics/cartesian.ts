/** Axes that are the coordinates of the tool. */
import { kinematicsResult, type Kinematics, type KinematicsResult } from './kinematics.ts'

export class CartesianKinematics implements Kinematics {
  readonly configuration = 'only'
  readonly axes: number
  readonly linear = true
  readonly scale = Infinity

  /** `axes`: 1 to 6; the first three are x, y and z. */
  constructor(axes: number) {
    this.axes = axes
  }

  forward(axes: Float64Array, tool: Float64Array): KinematicsResult {
    for (let n = 0; n < axes.length; n++) tool[n] = axes[n] as number
    return kinematicsResult.ok
  }

  inverse(tool: Float64Array, axes: Float64Array): KinematicsResult {
    for (let n = 0; n < axes.length; n++) axes[n] = tool[n] as number
    return kinematicsResult.ok
  }
}
