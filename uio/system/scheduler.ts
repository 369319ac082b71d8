/**
 * Scheduling of the calling thread: every call here takes thread 0, which means the caller, so call it from the thread
 * that is meant.
 */
import { bind, lastErrno } from './libc.ts'
import { CallMemory } from './memory.ts'

const cSetScheduler: (tid: number, policy: number, parameter: Int32Array) => number = bind(
  'int sched_setscheduler(int tid, int policy, const void *parameter)',
)
const cGetScheduler: (tid: number) => number = bind('int sched_getscheduler(int tid)')
const cGetParameter: (tid: number, parameter: Int32Array) => number = bind(
  'int sched_getparam(int tid, void *parameter)',
)
const cSetAffinity: (tid: number, bytes: number, mask: Uint8Array) => number = bind(
  'int sched_setaffinity(int tid, size_t bytes, const void *mask)',
)
const cGetAffinity: (tid: number, bytes: number, mask: Uint8Array) => number = bind(
  'int sched_getaffinity(int tid, size_t bytes, void *mask)',
)
const cPrctl: (option: number, a: number, b: number, c: number, d: number) => number = bind(
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
)

const scheduleOther = 0
const scheduleFifo = 1
const scheduleRoundRobin = 2
const resetOnFork = 0x4000_0000
const setTimerSlack = 29
const getTimerSlack = 30
/** 1024 CPUs, the size of glibc's cpu_set_t. */
const maskBytes = 128

export type Schedule = {
  readonly policy: 'other' | 'fifo' | 'rr' | 'another'
  /** 1..99 for fifo and rr, else 0. */
  readonly priority: number
  readonly resetOnFork: boolean
}

/** SCHED_FIFO, not inherited by the threads that this one starts. 0, or errno. */
export function setFifo(priority: number): number {
  const parameter = new Int32Array([priority])
  return cSetScheduler(0, scheduleFifo | resetOnFork, parameter) === 0 ? 0 : lastErrno()
}

export function getSchedule(): Schedule {
  const parameter = new Int32Array(1)
  cGetParameter(0, parameter)
  const value = cGetScheduler(0)
  const policy = value & ~resetOnFork
  return {
    policy: policies.get(policy) ?? 'another',
    priority: parameter[0] as number,
    resetOnFork: (value & resetOnFork) !== 0,
  }
}

const policies = new Map<number, Schedule['policy']>([
  [scheduleOther, 'other'],
  [scheduleFifo, 'fifo'],
  [scheduleRoundRobin, 'rr'],
])

/** 0, or errno (EINVAL: no such CPU for this process). */
export function setAffinity(cpu: number): number {
  const mask = new Uint8Array(maskBytes)
  mask[cpu >> 3] = 1 << (cpu & 7)
  return cSetAffinity(0, maskBytes, mask) === 0 ? 0 : lastErrno()
}

/** CPUs that this thread may run on, ascending. */
export function getAffinity(): number[] {
  const mask = new Uint8Array(new CallMemory(maskBytes).buffer)
  if (cGetAffinity(0, maskBytes, mask) < 0) return []
  const cpus: number[] = []
  for (let cpu = 0; cpu < maskBytes * 8; cpu++) {
    if ((((mask[cpu >> 3] as number) >> (cpu & 7)) & 1) !== 0) cpus.push(cpu)
  }
  return cpus
}

/** How much later than asked the kernel may wake this thread, ns. 0, or errno. Real-time threads have none anyway. */
export function setTimerSlackNs(slackNs: number): number {
  return cPrctl(setTimerSlack, slackNs, 0, 0, 0) === 0 ? 0 : lastErrno()
}

export function getTimerSlackNs(): number {
  return cPrctl(getTimerSlack, 0, 0, 0, 0)
}
