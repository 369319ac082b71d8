/**
 * What is mounted on the axis of every emulated drive, in increments from where the axis stood at power-on. A motor turn
 * is 20 units; the encoder's marker comes once a turn.
 */
import { incrementsPerUnit } from './motor.ts'

/** The home switch is active at and below this position, down to the end of the axis. */
export const homeSwitchBelow = -5.2 * incrementsPerUnit
/** Probe input 1 is active at and above this position; probe input 2 is wired to the home switch. */
export const probeTargetFrom = 7.3217 * incrementsPerUnit
export const markerEvery = 20 * incrementsPerUnit
export const markerAt = 3 * incrementsPerUnit
/** A search for the switch or the marker ends in error after this travel. */
export const longestSearch = 200 * incrementsPerUnit
