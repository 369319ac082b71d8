/**
 * Units at public boundaries. A number's unit stands in its name (`cycleNs`, `positionMm`) or in one of
 * these types; it is never implied. Imports nothing; every folder may import it.
 */

/** Units an axis can be declared in. Velocity is per second, acceleration per second squared, jerk per second cubed. */
export type AxisUnit = 'mm' | 'deg'

/** Nanoseconds. Exact as a double up to 2^53 ns (104 days): used for CLOCK_MONOTONIC and durations. */
export type Nanoseconds = number

export const nsPerUs = 1_000
export const nsPerMs = 1_000_000
export const nsPerSecond = 1_000_000_000
