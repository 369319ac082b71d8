/** What a ring of these devices needs of telegrams, chip memory and time. Pure: for the master, and for who checks a machine. */
import type { Nanoseconds } from '../../../units.ts'
import { bufferCount } from '../registers.ts'
import type { Sercos3Config } from './config.ts'
import { profileConnections } from './profile-connections.ts'
import type { Sercos3Profile } from './profile-connections.ts'
import { planRam } from './ram-plan.ts'
import type { RamPlan } from './ram-plan.ts'
import { layoutCp34 } from './telegram-layout.ts'
import type { TelegramLayout } from './telegram-layout.ts'
import { shortestCycle } from './timing.ts'

type Ring = {
  readonly buffers: Sercos3Config['buffers']
  readonly devices: readonly { readonly profile: Sercos3Profile }[]
}

/** Telegrams of CP3 and CP4 and the chip memory for them. Throws DP_SERCOS3_LAYOUT, DP_SERCOS3_RAM. */
export function planRing({ buffers, devices }: Ring): { layout: TelegramLayout; plan: RamPlan } {
  const layout = layoutCp34(
    devices.map(({ profile }) => ({
      mdt: profileConnections[profile].mdt.bytes,
      at: profileConnections[profile].at.bytes,
    })),
  )
  return { layout, plan: planRam(layout, bufferCount[buffers]) }
}

/**
 * The shortest cycle that these devices allow if none of them asks for more: jitter is what they promise of themselves
 * (S-0-1037), and none needs its AT late (S-0-1006).
 */
export function shortestCycleNs(layout: TelegramLayout, slaveJitterNs: Nanoseconds): Nanoseconds {
  return shortestCycle({
    mdtBytes: layout.mdtBytes,
    atBytes: layout.atBytes,
    devices: layout.devices.length,
    slaveJitterNs,
    earliestAtNs: 0,
  })
}
