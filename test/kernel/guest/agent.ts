/** Runs in the guest on its second serial line: starts programs for the host, tells their lines and their end. */
import { spawn, type ChildProcess } from 'node:child_process'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { FromAgent, ToAgent } from './agent-protocol.ts'

const programs = new Map<number, ChildProcess>()

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as ToAgent
  if ('signal' in message) programs.get(message.id)?.kill(message.signal)
  else start(message.id, message.command)
})
tell({ ready: true })

function start(id: number, [program = '', ...args]: readonly string[]): void {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  programs.set(id, child)
  forward(id, child.stdout)
  forward(id, child.stderr)
  child.on('error', (error) => tell({ id, status: error.message }))
  child.on('close', (code, signal) => tell({ id, status: String(signal ?? code) }))
}

function forward(id: number, stream: Readable): void {
  createInterface({ input: stream }).on('line', (line) => tell({ id, line }))
}

/** The serial line takes what it can; a line of ours must arrive whole. */
function tell(message: FromAgent): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}
