/** What CP2 finds out of a ring, and CP3 and CP4 are run with. */
import type { Nanoseconds } from '../../../../units.ts'
import type { RamPlan } from '../plan/ram-plan.ts'
import type { TelegramLayout } from '../plan/telegram-layout.ts'
import type { Timing } from '../timing/timing.ts'
import type { UcPlan } from '../chip/uc-channel.ts'

/** What all devices are told. */
export type RingTiming = {
  readonly layout: TelegramLayout
  readonly timing: Timing
  /** Cycles after which all producers have produced anew, less 1 (S-0-1061). */
  readonly maxTsref: number
}

export type RingSetUp = RingTiming & {
  readonly plan: RamPlan
  /** S-0-1047 that t3 leaves room for. */
  readonly consumerNs: Nanoseconds
  /** Undefined: no UC channel. */
  readonly uc: UcPlan | undefined
  /** Devices that take part in it. */
  readonly ucDevices: readonly number[]
}
