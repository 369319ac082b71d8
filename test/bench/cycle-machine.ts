/** The machine of the cycle bench. native/cycle.c repeats its limits and motion. */
import type { MachineInput } from '../../runtime/machine-file/schema.ts'

const names = ['x', 'y', 'z', 'w'] as const

/** Stall times that blocks of the other task do not reach. */
const stallMs = 60_000

export const cycleMachine: MachineInput = {
  name: 'bench',
  cycleUs: 1000,
  card: { type: 'sercos3' },
  devices: [
    ...names.map((name, n) => ({ name, address: n + 1, profile: 'drive' as const })),
    { name: 'io', address: 5, profile: 'io' },
  ],
  axes: names.map((name) => ({
    name,
    device: name,
    unit: 'mm',
    incrementsPerUnit: 10_000,
    velocityIncrementsPerUnit: 1000,
    limits: {
      positionMin: -100_000,
      positionMax: 100_000,
      velocity: 100,
      acceleration: 1000,
      jerk: 10_000,
      followingError: 10,
    },
  })),
  realtime: { stallMs },
  mqtt: { enabled: false },
}

/** Long enough to last through every run. */
export const motion = { travel: 50_000, velocity: 5 } as const
