/** Runs a worker that tells one message, for tests. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** The message, once the thread has ended. Rejects with what the thread threw. */
export async function runWorker(url: URL, workerData: unknown): Promise<unknown> {
  const worker = new Worker(url, { workerData })
  // both are asked for before either can happen: they may come in one turn of the event loop
  const [[message], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
  if (code !== 0) throw new Error(`the worker ended with code ${code}`)
  return message as unknown
}
