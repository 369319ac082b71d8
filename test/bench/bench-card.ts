/** The C program that is the card of a bench, and the CPUs and priorities that card and tasks share out. */
import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import type { BackendHandle } from '../../uio/emulated-backend.ts'
import type { RealtimeWish } from '../../uio/realtime.ts'
import { getAffinity } from '../../uio/system/scheduler.ts'

const taskPriority = 80
const cardPriority = 90
/** What a card answers with when SCHED_FIFO was refused; its samples are good all the same. */
const notGranted = 3

const cpus = getAffinity()
const cardCpu = cpus[0] ?? 0
const taskCpu = cpus.at(-1) ?? cardCpu

/** The card spins until it sees the task's write: on one CPU the task would never run. */
export const enoughCpus = cpus.length > 1

/** As the C side prints it: task CPU and priority, card CPU and priority. */
export const cpuArguments: readonly number[] = [taskCpu, taskPriority, cardCpu, cardPriority]

/** What the TypeScript task asks for: what its C twin takes. */
export const taskRealtime: RealtimeWish = {
  policy: 'fifo',
  priority: taskPriority,
  cpu: taskCpu,
  lockMemory: true,
  timerSlackNs: 1,
  required: false,
}

export type CardOutput = { readonly samples: Int32Array; readonly rt: boolean }

/** Runs the card to its end. The device's descriptors are its 3, 4 and 5; `input` goes to its stdin. */
export async function runCard(
  program: string,
  numbers: readonly number[],
  { memoryFd, eventsFd, interruptFd }: BackendHandle,
  input = '',
): Promise<CardOutput> {
  const card = spawn(program, numbers.map(String), {
    stdio: ['pipe', 'pipe', 'inherit', memoryFd, eventsFd, interruptFd],
  })
  const exit = new Promise<number | null>((resolve, reject) => {
    card.once('error', reject)
    card.once('exit', resolve)
  })
  const { stdin, stdout } = card
  if (stdin === null || stdout === null) throw new Error('a card without pipes')
  stdin.on('error', () => undefined) // a card that ended early tells why by its exit code
  stdin.end(input)
  const bytes = await buffer(stdout)
  const code = await exit
  if (code !== 0 && code !== notGranted) throw new Error(`the card of the bench ended with ${code}`)
  const { byteOffset, length } = bytes
  return {
    samples: new Int32Array(bytes.buffer.slice(byteOffset, byteOffset + length)),
    rt: code === 0,
  }
}
