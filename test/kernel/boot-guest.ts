/**
 * The virtual machine: QEMU without KVM, so that it runs on every machine alike. Its first serial line is the kernel's
 * console, its second one leads to the agent. It is booted without cards, or restored from a snapshot of a guest that
 * was; cards are plugged in while it runs.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connectSocket } from './connect-socket.ts'
import { readJsonLines } from './json-lines.ts'
import { GuestProgram } from './guest-program.ts'
import type { FromAgent } from './guest/agent-protocol.ts'
import {
  cardDevice,
  qemuArguments,
  sockets,
  sysfsOfSlot,
  type MachineOptions,
} from './qemu-arguments.ts'
import { QmpClient } from './qmp-client.ts'
import { say, within } from './report.ts'

export type GuestOptions = MachineOptions & {
  readonly qemu: readonly string[]
  /** What Guest.save wrote, of a guest with the same options: the guest goes on from there. */
  readonly snapshot?: string
}

/** 'mapped-ram': memory lies in the file where it lies in the guest, so that it is read at the disk's pace. */
const capabilities = ['events', 'mapped-ram'].map((capability) => ({ capability, state: true }))

const bootLimitMs = 90_000
const saveLimitMs = 60_000
const plugLimitMs = 20_000

export class Guest {
  readonly #options: GuestOptions
  readonly #qemu: ChildProcess
  readonly #programs = new Map<number, GuestProgram>()
  readonly #ready = Promise.withResolvers<string>()
  readonly #consoleLines: string[] = []
  #agent: Socket | undefined
  #qmp: QmpClient | undefined
  #nextId = 1

  constructor(options: GuestOptions) {
    const [program, ...first] = options.qemu
    this.#options = options
    this.#qemu = spawn(
      program as string,
      [...first, ...qemuArguments(options, options.snapshot !== undefined)],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
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
    const { work, snapshot } = this.#options
    this.#agent = await connectSocket(join(work, sockets.agent))
    readJsonLines(
      this.#agent,
      (value) => this.#take(value as FromAgent),
      (line) => say(`guest: ${line}`),
    )
    this.#qmp = await QmpClient.connect(join(work, sockets.qmp))
    if (snapshot !== undefined) {
      await this.#qmp.command('migrate-set-capabilities', { capabilities })
      const uri = `file:${snapshot}`
      const resumed = { event: 'RESUME', limitMs: bootLimitMs }
      await this.#qmp.commandUntil('migrate-incoming', { uri }, resumed)
      return
    }
    const failure = await within(bootLimitMs, 'the guest boots', this.#ready.promise)
    if (failure !== '') throw new Error(`${failure} while the guest booted`)
  }

  /** Writes the guest, without cards and with nothing but its agent running, into a file. It does not go on. */
  async save(snapshot: string): Promise<void> {
    const qmp = this.#control()
    await qmp.command('migrate-set-capabilities', { capabilities })
    await qmp.command('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 })
    await qmp.commandUntil(
      'migrate',
      { uri: `file:${snapshot}` },
      {
        event: 'MIGRATION',
        limitMs: saveLimitMs,
        isMeant: ({ status }) => status === 'completed',
      },
    )
  }

  /** Plugs a card in; the guest has found it. A driver that is loaded already probes it at about the same time. */
  async plug({ id, socket, slot }: { id: string; socket: string; slot: number }): Promise<void> {
    await this.#control().command('device_add', cardDevice(id, socket, slot))
    // the files of its BARs are the last thing that the kernel makes before it looks for a driver
    await this.waitInGuest(`ls ${sysfsOfSlot(slot)}/resource[0-5]`)
  }

  /** Pulls a card out, as the guest's hot-plug controller does it: the driver has let it go. */
  async unplug(id: string): Promise<void> {
    await this.#control().commandUntil(
      'device_del',
      { id },
      {
        event: 'DEVICE_DELETED',
        limitMs: plugLimitMs,
        isMeant: ({ device }) => device === id,
      },
    )
  }

  /** Until a shell condition holds in the guest. */
  async waitInGuest(condition: string): Promise<void> {
    const turns = plugLimitMs / 20
    await this.run(
      'sh',
      '-c',
      `i=0; until ${condition} > /dev/null 2>&1; do i=$((i+1)); [ $i -lt ${turns} ] || exit 1; usleep 20000; done`,
    )
  }

  /** Loads modules of /modules that are not loaded yet, in this order. */
  async load(...modules: readonly string[]): Promise<void> {
    for (const name of modules)
      await this.run('sh', '-c', `[ -d /sys/module/${name} ] || insmod /modules/${name}.ko`)
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
    this.#qmp?.close()
    this.#qemu.kill('SIGKILL')
  }

  #control(): QmpClient {
    if (this.#qmp === undefined) throw new Error('the guest is not up yet')
    return this.#qmp
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
}
