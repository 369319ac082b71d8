/**
 * What stands between a tool and the axes that move it. Arrays are the caller's; nothing is allocated: forward and inverse are
 * called every cycle. Both arrays have as many places as there are axes.
 */
export const kinematicsResult = {
  ok: 0,
  /** No position of the axes brings the tool there. */
  unreachable: 1,
  /** So near a singularity that axes would have to move much faster than the tool. */
  singular: 2,
} as const
export type KinematicsResult = (typeof kinematicsResult)[keyof typeof kinematicsResult]

export interface Kinematics {
  /** Which of several positions of the axes for one of the tool is taken: the name of the arm's configuration. */
  readonly configuration: string
  /** 1 to 6. */
  readonly axes: number
  /** Axes are coordinates of the tool: all is linear. */
  readonly linear: boolean
  /** Way of the tool over which the geometry changes notably, unit: the length of an arm. */
  readonly scale: number
  /** From the axes to the tool. */
  forward(axes: Float64Array, tool: Float64Array): KinematicsResult
  /** From the tool to the axes. `axes` holds a position near the sought one, for axes that turn more than once. */
  inverse(tool: Float64Array, axes: Float64Array): KinematicsResult
}
