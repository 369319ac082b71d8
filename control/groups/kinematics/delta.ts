/**
 * Delta robot: three arms turn at the base, each moves the platform by a pair of rods, so that it stays level (Clavel, "Delta, a
 * fast robot with parallel geometry", ISIR 1988). Axes: three angles of the arms, deg, 0 level, positive downwards; tool: x, y,
 * z of the platform's centre, unit, z upwards from the plane of the motors: it works below, at negative z. Arm n stands at
 * n times 120 deg from +x.
 */
import { kinematicsResult, type Kinematics, type KinematicsResult } from './kinematics.ts'

const degree = Math.PI / 180
const arms = 3

export interface DeltaDimensions {
  /** From the centre to the axes of the motors, and to the joints of the platform, unit. */
  readonly base: number
  readonly platform: number
  /** Lengths of arms and rods, unit. */
  readonly arm: number
  readonly rod: number
  /** Sine of the angle that arm and rod, and the rods with each other, must have at least. 0.1 if not given. */
  readonly margin?: number
}

export class DeltaKinematics implements Kinematics {
  /** Elbows outside, platform below. */
  readonly configuration = 'outward'
  readonly axes = arms
  readonly linear = false
  readonly scale: number
  readonly #offset: number
  readonly #arm: number
  readonly #rod: number
  readonly #margin: number
  /** Direction of each arm. */
  readonly #cos = new Float64Array(arms)
  readonly #sin = new Float64Array(arms)
  /** Where the elbows are, moved inwards by the platform: the tool is one rod away from all three. */
  readonly #elbows = new Float64Array(arms * 3)
  readonly #edges = new Float64Array(6)

  constructor(dimensions: DeltaDimensions) {
    this.scale = dimensions.arm
    this.#offset = dimensions.base - dimensions.platform
    this.#arm = dimensions.arm
    this.#rod = dimensions.rod
    this.#margin = dimensions.margin ?? 0.1
    for (let n = 0; n < arms; n++) {
      this.#cos[n] = Math.cos(n * 120 * degree)
      this.#sin[n] = Math.sin(n * 120 * degree)
    }
  }

  /** Where three spheres around the elbows meet, the lower one of two points. */
  forward(axes: Float64Array, tool: Float64Array): KinematicsResult {
    this.#placeElbows(axes)
    const elbows = this.#elbows
    const edges = this.#edges
    for (let n = 0; n < 3; n++) {
      edges[n] = (elbows[3 + n] as number) - (elbows[n] as number)
      edges[3 + n] = (elbows[6 + n] as number) - (elbows[n] as number)
    }
    const ux = edges[0] as number
    const uy = edges[1] as number
    const uz = edges[2] as number
    const wx = edges[3] as number
    const wy = edges[4] as number
    const wz = edges[5] as number
    // the circle through the elbows, and its normal
    const nx = uy * wz - uz * wy
    const ny = uz * wx - ux * wz
    const nz = ux * wy - uy * wx
    const normal = nx * nx + ny * ny + nz * nz
    const u = ux * ux + uy * uy + uz * uz
    const w = wx * wx + wy * wy + wz * wz
    const cx = (w * (ny * uz - nz * uy) + u * (wy * nz - wz * ny)) / (2 * normal)
    const cy = (w * (nz * ux - nx * uz) + u * (wz * nx - wx * nz)) / (2 * normal)
    const cz = (w * (nx * uy - ny * ux) + u * (wx * ny - wy * nx)) / (2 * normal)
    const height = this.#rod * this.#rod - (cx * cx + cy * cy + cz * cz)
    if (!(height >= 0)) return kinematicsResult.unreachable
    // arms stand counterclockwise, so the normal points upwards
    const down = -Math.sqrt(height / normal)
    tool[0] = (elbows[0] as number) + cx + down * nx
    tool[1] = (elbows[1] as number) + cy + down * ny
    tool[2] = (elbows[2] as number) + cz + down * nz
    return this.#checkRods(tool)
  }

  /** Each arm for itself: its elbow lies on a circle, and one rod away from the platform. */
  inverse(tool: Float64Array, axes: Float64Array): KinematicsResult {
    const x = tool[0] as number
    const y = tool[1] as number
    const z = tool[2] as number
    const arm = this.#arm
    for (let n = 0; n < arms; n++) {
      const cos = this.#cos[n] as number
      const sin = this.#sin[n] as number
      const outward = x * cos + y * sin - this.#offset
      const aside = y * cos - x * sin
      // outward cos a - z sin a = balance
      const reach = Math.sqrt(outward * outward + z * z)
      const balance =
        (outward * outward + z * z + aside * aside + arm * arm - this.#rod * this.#rod) / (2 * arm)
      const share = balance / reach
      if (!(Math.abs(share) <= 1)) return kinematicsResult.unreachable
      // arm and rod in line: the arm cannot choose its side
      if (Math.sqrt(1 - share * share) < this.#margin) return kinematicsResult.singular
      axes[n] = (Math.atan2(-z, outward) - Math.acos(share)) / degree
    }
    this.#placeElbows(axes)
    return this.#checkRods(tool)
  }

  #placeElbows(axes: Float64Array): void {
    for (let n = 0; n < arms; n++) {
      const angle = (axes[n] as number) * degree
      const outward = this.#offset + this.#arm * Math.cos(angle)
      this.#elbows[3 * n] = outward * (this.#cos[n] as number)
      this.#elbows[3 * n + 1] = outward * (this.#sin[n] as number)
      this.#elbows[3 * n + 2] = -this.#arm * Math.sin(angle)
    }
  }

  /** Rods in one plane do not hold the platform any more. */
  #checkRods(tool: Float64Array): KinematicsResult {
    const x = tool[0] as number
    const y = tool[1] as number
    const z = tool[2] as number
    const elbows = this.#elbows
    const ax = x - (elbows[0] as number)
    const ay = y - (elbows[1] as number)
    const az = z - (elbows[2] as number)
    const bx = x - (elbows[3] as number)
    const by = y - (elbows[4] as number)
    const bz = z - (elbows[5] as number)
    const cx = x - (elbows[6] as number)
    const cy = y - (elbows[7] as number)
    const cz = z - (elbows[8] as number)
    const volume = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
    const rod = this.#rod
    return Math.abs(volume) < this.#margin * rod * rod * rod
      ? kinematicsResult.singular
      : kinematicsResult.ok
  }
}
