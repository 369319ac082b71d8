/**
 * Friction of a rotating body, after B. Armstrong-Helouvry, P. Dupont, C. Canudas de Wit, "A Survey of Models, Analysis
 * Tools and Compensation Methods for the Control of Machines with Friction", Automatica 30(7), 1994: Coulomb and viscous
 * friction, and between breakaway and Coulomb friction the Stribeck curve Tc + (Ts - Tc) exp(-(w / ws)^2).
 */
export type Friction = {
  /** Torque per speed, N m s/rad. */
  readonly viscousNmSPerRad: number
  /** Torque at any speed, N m. */
  readonly coulombNm: number
  /** What it takes to set the body moving, N m: not below `coulombNm`. Left out: `coulombNm`. */
  readonly breakawayNm?: number
  /** Speed at which the surplus of breakaway has fallen to 1/e, rad/s. Without it the surplus has no effect. */
  readonly stribeckRadPerS?: number
}

/** No friction at all. */
export const frictionless: Friction = { viscousNmSPerRad: 0, coulombNm: 0 }

/** Breakaway torque beyond Coulomb friction, N m. */
export function stribeckSurplusNm(friction: Friction): number {
  const { breakawayNm, coulombNm, stribeckRadPerS } = friction
  return stribeckRadPerS === undefined ? 0 : Math.max(0, (breakawayNm ?? coulombNm) - coulombNm)
}

/** What (w / ws)^2 has for 1 / ws^2, s^2/rad^2. */
export function perStribeckSquared(friction: Friction): number {
  return friction.stribeckRadPerS === undefined ? 0 : 1 / friction.stribeckRadPerS ** 2
}
