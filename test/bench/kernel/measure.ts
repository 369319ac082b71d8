/** Runs every task of the kernel bench in the guest, one after another, and counts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Guest } from '../../kernel/boot-guest.ts'
import { EmulatedCard } from '../../kernel/emulated-card.ts'
import { sysfsOfSlot } from '../../kernel/qemu-arguments.ts'
import { getTools } from '../../kernel/get-tools.ts'
import { buildGuest } from './build-guest.ts'
import { drivers, images, languages, type Counts, type Driver, type Language } from './figures.ts'
import { lockstepPlan, type LockstepObservation } from './lockstep-plan.ts'

const repository = join(import.meta.dirname, '../../..')
const cache = join(repository, '.cache/dualport-kernel')

/** Cycles before those that count: of a C program, and of TypeScript, whose compiler is to have finished. */
const warmUp = { c: 20, ts: 120 } as const
/**
 * V8 compiles earlier than it would, and before it goes on: the code is that of a long run, the warm-up a short one, and
 * no thread of the compiler runs when an interrupt comes.
 */
const earlyCompiler = [
  '--no-concurrent-recompilation',
  '--invocation-count-for-maglev=20',
  '--invocation-count-for-turbofan=60',
  '--minimum-invocations-after-ic-update=20',
]
const wakeImage = 4
const slot = 4
/** BAR2 of the card. */
const bell = `${sysfsOfSlot(slot)}/resource2`

const qemuProperties = [
  // With these the kernel copies to and from user space by `rep movsb`, of which each byte counts as an instruction, and
  // the copying driver looks worse than it is. Without them it copies by machine words.
  'max-x86_64-cpu.erms=off',
  'max-x86_64-cpu.fsrm=off',
  // A guest that runs ahead of its writes runs for longer between two interrupts, and where that crosses a millisecond of
  // its time, the scheduler's bookkeeping adds 182 instructions to the next span.
  'vfio-user-pci.x-no-posted-writes=on',
].flatMap((property) => ['-global', property])

const modules: Readonly<Record<Driver, string>> = {
  copy: 'dualport_copy',
  sercos3: 'uio_sercos3',
  stub: 'dualport_uio',
}

export type Measured = { readonly wake: readonly number[]; readonly rows: readonly Counts[] }

export async function measureKernel(
  cycles: number,
  progress: (text: string) => void,
): Promise<Measured> {
  const tools = await getTools(cache)
  // socket paths must be short, and a repository's may be long
  const work = mkdtempSync(join(tmpdir(), 'dualport-bench-'))
  const closing: (() => void)[] = [() => rmSync(work, { recursive: true, force: true })]
  const close = () => {
    for (const one of closing.splice(0).toReversed()) one()
  }
  // a run that is cut short leaves nothing behind
  process.on('exit', close)
  try {
    const plan = lockstepPlan({ slot, bell: true })
    progress('building')
    const files = await buildGuest(repository, work, tools)
    const card = new EmulatedCard<LockstepObservation>(plan, { repository, work })
    closing.push(() => card.close())
    await card.ready()
    progress('booting')
    const qemu = [...tools.qemu, ...qemuProperties]
    // the bell of the card lies in a BAR that the drivers claim
    const extraKernelArguments = ['iomem=relaxed']
    const guest = new Guest({ ...files, qemu, work, accelerator: 'counting', extraKernelArguments })
    closing.push(() => guest.close())
    await guest.booted()
    await guest.plug({ ...plan, socket: card.socket })
    return await new Measurement(guest, card, cycles, progress).run()
  } finally {
    close()
    process.off('exit', close)
  }
}

type LockstepCard = EmulatedCard<LockstepObservation>

class Measurement {
  readonly #guest: Guest
  readonly #card: LockstepCard
  readonly #cycles: number
  readonly #progress: (text: string) => void

  constructor(guest: Guest, card: LockstepCard, cycles: number, progress: (text: string) => void) {
    this.#guest = guest
    this.#card = card
    this.#cycles = cycles
    this.#progress = progress
  }

  async run(): Promise<Measured> {
    const guest = this.#guest
    await guest.run('insmod', '/modules/uio.ko')
    const rows: Counts[] = []
    let wake: readonly number[] = []
    for (const driver of drivers.toReversed()) {
      await guest.run('insmod', `/modules/${modules[driver]}.ko`)
      await guest.waitInGuest(`ls ${driver === 'copy' ? '/dev/dualport_copy' : '/dev/uio0'}`)
      const spin = guest.start('bench-spin', bell)
      await spin.line('spinning', 10_000)
      if (driver === 'stub')
        wake = (await this.#spans(wakeImage, 'wake', ['bench-wake'], warmUp.c)).spans
      for (const lang of languages)
        for (const image of images) rows.push(await this.#row(image, driver, lang))
      spin.signal('SIGKILL')
      await spin.ended
      await guest.run('rmmod', modules[driver])
    }
    return { wake, rows }
  }

  async #row(image: number, driver: Driver, lang: Language): Promise<Counts> {
    if (driver === 'copy') {
      const parameter = `/sys/module/${modules.copy}/parameters/image_bytes`
      await this.#guest.run('sh', '-c', `echo ${image} > ${parameter}`)
    }
    const command = commandOf(image, driver, lang)
    const counts = await this.#spans(image, `${driver} ${lang} ${image}`, command, warmUp[lang])
    return { image, driver, lang, ...counts }
  }

  /** The lines 'spans DRIVER LANGUAGE IMAGE n n n ...' and, of TypeScript, 'turns ...' of a task. */
  async #spans(
    image: number,
    name: string,
    command: readonly string[],
    uncounted: number,
  ): Promise<Pick<Counts, 'spans' | 'turns'>> {
    await this.#card.order({ do: 'begin', image })
    const began = Date.now()
    const output = await this.#guest.run(...command, String(uncounted), String(this.#cycles))
    const numbersOf = (what: string) => {
      const line = output.split('\n').find((one) => one.startsWith(`${what} `))
      return line?.split(' ').slice(4).map(Number) ?? []
    }
    const spans = numbersOf('spans')
    const { wrong } = await this.#card.observe()
    if (spans.length !== this.#cycles) throw new Error(`${name} gave no counts:\n${output}`)
    if (wrong > 0) throw new Error(`${name}: ${wrong} cycles with wrong outputs`)
    this.#progress(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`)
    return { spans, turns: numbersOf('turns') }
  }
}

function commandOf(image: number, driver: Driver, lang: Language): readonly string[] {
  const size = String(image)
  if (lang === 'ts') {
    const program = `test/bench/kernel/guest/${driver === 'copy' ? 'copy' : 'direct'}-task.ts`
    return ['node', ...earlyCompiler, program, driver, size]
  }
  return driver === 'copy' ? ['bench-copy', size] : ['bench-direct', driver, size]
}
