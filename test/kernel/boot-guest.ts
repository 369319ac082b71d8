/**
 * The virtual machine: QEMU without KVM, so that it runs on every machine alike, with the emulated cards plugged in. Its
 * first serial line is the kernel's console, its second one leads to the agent.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { readJsonLines } from './json-lines.ts'
import { GuestProgram } from './guest-program.ts'
import type { FromAgent } from './guest/agent-protocol.ts'
import { say, within } from './report.ts'

export type GuestOptions = {
  readonly qemu: readonly string[]
  readonly kernel: string
  readonly initramfs: string
  /** Folder for the console's log and the agent's socket. */
  readonly work: string
  /** Sockets of emulated cards. Those whose slots differ by a multiple of four share an interrupt line. */
  readonly cards: readonly { readonly socket: string; readonly slot: number }[]
}

const kernelArguments = [
  'console=ttyS0',
  'rootfstype=ramfs',
  'nokaslr',
  'mitigations=off',
  'tsc=reliable',
  'cryptomgr.notests',
  'random.trust_cpu=on',
  'panic=-1',
  'quiet',
  'loglevel=5',
]

const bootLimitMs = 90_000

export class Guest {
  readonly #qemu: ChildProcess
  readonly #work: string
  readonly #programs = new Map<number, GuestProgram>()
  readonly #ready = Promise.withResolvers<string>()
  readonly #consoleLines: string[] = []
  #agent: Socket | undefined
  #nextId = 1

  constructor(options: GuestOptions) {
    const [program, ...first] = options.qemu
    this.#work = options.work
    this.#qemu = spawn(program as string, [...first, ...qemuArguments(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const log = createWriteStream(join(options.work, 'console.log'))
    this.#qemu.stdout?.on('data', (bytes: Buffer) => {
      log.write(bytes)
      this.#consoleLines.push(...bytes.toString().split(/\r?\n/).filter(Boolean))
      this.#consoleLines.splice(0, this.#consoleLines.length - 200)
    })
    if (this.#qemu.stderr !== null)
      createInterface({ input: this.#qemu.stderr }).on('line', (line) => {
        // said of every card without PCI Express error reporting
        if (!line.includes('Could not enable error recovery')) say(line)
      })
    this.#qemu.on('exit', (code, signal) => this.#ended(`QEMU ended with ${signal ?? code}`))
  }

  /** Until the agent in the guest answers. */
  async booted(): Promise<void> {
    this.#agent = await this.#connect(join(this.#work, 'agent.sock'))
    readJsonLines(
      this.#agent,
      (value) => this.#take(value as FromAgent),
      (line) => say(`guest: ${line}`),
    )
    const failure = await within(bootLimitMs, 'the guest boots', this.#ready.promise)
    if (failure !== '') throw new Error(`${failure} while the guest booted`)
  }

  /** Starts a program in the guest. */
  start(...command: readonly string[]): GuestProgram {
    const id = this.#nextId++
    const program = new GuestProgram(command, (signal) => this.#send({ id, signal }))
    this.#programs.set(id, program)
    this.#send({ id, command })
    return program
  }

  /** Runs a program in the guest to its end; its output. Rejects when it fails. */
  async run(...command: readonly string[]): Promise<string> {
    return this.start(...command).finished()
  }

  /** As run, for one that must fail: returns what it said. */
  async refused(...command: readonly string[]): Promise<string> {
    const program = this.start(...command)
    const status = await program.ended
    if (status !== '0') return program.output
    throw new Error(`${command.join(' ')} was not refused: ${program.output}`)
  }

  /** A program of test/kernel/guest. */
  startScript(name: string, ...args: readonly string[]): GuestProgram {
    return this.start('node', `test/kernel/guest/${name}.ts`, ...args)
  }

  async runScript(name: string, ...args: readonly string[]): Promise<string> {
    return this.startScript(name, ...args).finished()
  }

  /** What the kernel said on its console. */
  consoleTail(lines: number): string {
    return this.#consoleLines.slice(-lines).join('\n')
  }

  close(): void {
    this.#agent?.destroy()
    this.#qemu.kill('SIGKILL')
  }

  #send(message: object): void {
    this.#agent?.write(`${JSON.stringify(message)}\n`)
  }

  #take(message: FromAgent): void {
    if ('ready' in message) this.#ready.resolve('')
    else this.#programs.get(message.id)?.take(message)
  }

  #ended(why: string): void {
    this.#ready.resolve(why)
    for (const program of this.#programs.values()) program.take({ id: 0, status: why })
  }

  async #connect(path: string): Promise<Socket> {
    for (let attempt = 0; ; attempt++) {
      const socket = createConnection(path)
      const { promise, resolve } = Promise.withResolvers<Error | undefined>()
      socket.once('connect', () => resolve(undefined)).once('error', resolve)
      const error = await promise
      if (error === undefined) return socket.on('error', () => {})
      if (attempt === 100) throw error
      await sleep(100)
    }
  }
}

function qemuArguments(options: GuestOptions): readonly string[] {
  const cards = options.cards.flatMap(({ socket, slot }) => [
    '-device',
    JSON.stringify({
      driver: 'vfio-user-pci',
      addr: `${slot}.0`,
      socket: { type: 'unix', path: socket },
    }),
  ])
  const agentSocket = join(options.work, 'agent.sock')
  const fixed =
    '-machine pc -accel tcg -cpu max -m 1024 -nodefaults -no-user-config -display none -no-reboot'
  return [
    ...fixed.split(' '),
    '-kernel',
    options.kernel,
    '-initrd',
    options.initramfs,
    '-append',
    kernelArguments.join(' '),
    '-serial',
    'stdio',
    '-chardev',
    `socket,id=agent,path=${agentSocket},server=on,wait=off`,
    '-serial',
    'chardev:agent',
    ...cards,
  ]
}
