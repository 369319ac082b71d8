/**
 * Real-time settings of the calling thread: call it in the cyclic worker, never on the main thread.
 *
 * The order matters: the scheduler comes last but for the CPU, when the thread is warm. SCHED_FIFO is set with
 * reset-on-fork, because threads that V8 and libuv start later would otherwise inherit it and starve the CPU. The CPU
 * comes after it, because only a thread that stands above the others is well served by having but one.
 */
import { DualportError } from '../errors.ts'
import { lockCyclicMemory, type CyclicMemory } from './memory-lock.ts'
import {
  getAffinity,
  getSchedule,
  getTimerSlackNs,
  setAffinity,
  setFifo,
  setTimerSlackNs,
} from './system/scheduler.ts'
import { errnoName } from './system/system-error.ts'

export type RealtimeWish = {
  readonly policy: 'fifo' | 'other'
  /** 1..99. */
  readonly priority: number
  /** Left out: the last CPU that this thread may use where SCHED_FIFO is granted, else any of them. */
  readonly cpu?: number | undefined
  readonly lockMemory: boolean
  readonly timerSlackNs: number
  /** True: throw DP_REALTIME_REFUSED when anything is refused. */
  readonly required: boolean
}

/** One setting as words for people, and whether it was granted. `refused` is why not. */
export type Grant = {
  readonly wanted: string
  readonly got: string
  readonly refused?: string
}

export type RealtimeReport = {
  readonly timerSlack: Grant
  readonly affinity: Grant
  readonly memory: Grant
  readonly scheduler: Grant
}

/** Applies a wish as far as the system grants it. Throws DP_REALTIME_REFUSED where it is `required`. Not cyclic. */
export function applyRealtime(wish: RealtimeWish, memory: CyclicMemory = {}): RealtimeReport {
  const timerSlack = applyTimerSlack(wish.timerSlackNs)
  const locked = wish.lockMemory ? applyMemoryLock(memory) : { wanted: 'unlocked', got: 'unlocked' }
  const scheduler = wish.policy === 'fifo' ? applyFifo(wish.priority) : leaveScheduler()
  const isFifo = wish.policy === 'fifo' && scheduler.refused === undefined
  const affinity = chooseAffinity(wish.cpu, isFifo)
  const report: RealtimeReport = { timerSlack, affinity, memory: locked, scheduler }
  if (wish.required) requireAll(report)
  return report
}

function applyTimerSlack(slackNs: number): Grant {
  const errno = setTimerSlackNs(slackNs)
  const grant = { wanted: `${slackNs} ns`, got: `${getTimerSlackNs()} ns` }
  return errno === 0 ? grant : { ...grant, refused: errnoName(errno) }
}

/** A thread that only shares its CPU is better moved about by the scheduler than held on a busy one. */
function chooseAffinity(cpu: number | undefined, isFifo: boolean): Grant {
  const allowed = getAffinity()
  if (cpu !== undefined) return applyAffinity(cpu)
  if (isFifo) return applyAffinity(allowed.at(-1) ?? 0)
  const got = `CPU ${allowed.join(', ')}`
  return { wanted: got, got }
}

function applyAffinity(cpu: number): Grant {
  const errno = setAffinity(cpu)
  const grant = { wanted: `CPU ${cpu}`, got: `CPU ${getAffinity().join(', ')}` }
  if (errno === 0) return grant
  return { ...grant, refused: `${errnoName(errno)}: this process may not use CPU ${cpu}` }
}

function applyMemoryLock(memory: CyclicMemory): Grant {
  const { wantedBytes, lockedBytes, errno } = lockCyclicMemory(memory)
  const grant = { wanted: kib(wantedBytes), got: kib(lockedBytes) }
  if (errno === 0) return grant
  return {
    ...grant,
    refused: `${errnoName(errno)}: raise the memlock limit (ulimit -l, LimitMEMLOCK=) or give CAP_IPC_LOCK`,
  }
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB locked`
}

function applyFifo(priority: number): Grant {
  const errno = setFifo(priority)
  const grant = { wanted: `fifo ${priority}, reset on fork`, got: scheduleInWords() }
  if (errno === 0) return grant
  return {
    ...grant,
    refused: `${errnoName(errno)}: raise the rtprio limit (ulimit -r, LimitRTPRIO=) or give CAP_SYS_NICE`,
  }
}

function leaveScheduler(): Grant {
  const got = scheduleInWords()
  return { wanted: got, got }
}

function scheduleInWords(): string {
  const { policy, priority, resetOnFork } = getSchedule()
  return `${policy} ${priority}${resetOnFork ? ', reset on fork' : ''}`
}

function requireAll(report: RealtimeReport): void {
  const refusals = Object.entries(report).flatMap(([what, { wanted, refused }]) =>
    refused === undefined ? [] : [`${what} (${wanted}): ${refused}`],
  )
  if (refusals.length === 0) return
  throw new DualportError('DP_REALTIME_REFUSED', { actual: refusals.join('; ') })
}
