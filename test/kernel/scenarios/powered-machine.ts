/** `dualport run` in the guest, on a ring of one drive and one I/O device, and what it tells as JSON lines. */
import type { Guest } from '../boot-guest.ts'
import { sercos3Plan } from '../card-plans.ts'
import type { GuestProgram } from '../guest-program.ts'
import type { World } from '../start-world.ts'

/** The ring of guest/sturdy-machine.json. */
export const card = sercos3Plan({ id: 'card', slot: 4, devices: ['x:1:drive', 'io:2:io'] })
export const drive = 0

/** `dualport run` of guest/sturdy-machine.json, whose task gives the drive power. */
function startMachine(guest: Guest): GuestProgram {
  return guest.start('node', ...runtimeArguments, '--json')
}

export const runtimeArguments = [
  'runtime/cli/main.ts',
  'run',
  'test/kernel/guest/sturdy-machine.json',
]

type MachineEvent = {
  readonly kind: string
  readonly message: string
  readonly error?: { readonly code: string }
}

export function eventsOf(program: GuestProgram): readonly MachineEvent[] {
  return program.output
    .split('\n')
    .filter((line) => line.startsWith('{"event":'))
    .map((line) => (JSON.parse(line) as { event: MachineEvent }).event)
}

/** The newest counters that `--json` printed. */
export function countersOf(program: GuestProgram): Readonly<Record<string, number>> {
  const line = program.output.split('\n').findLast((one) => one.includes('"counters":')) ?? '{}'
  const { report } = JSON.parse(line) as { report?: { counters: Record<string, number> } }
  return report?.counters ?? {}
}

/** Until `find` finds something in what the program said. */
export async function untilSaid<Found>(
  program: GuestProgram,
  what: string,
  limitMs: number,
  find: () => Found | undefined,
): Promise<Found> {
  const endMs = Date.now() + limitMs
  let isEnded = false
  const end = async () => {
    await program.ended
    isEnded = true
  }
  void end()
  for (;;) {
    const wasEnded = isEnded
    const found = find()
    if (found !== undefined) return found
    if (wasEnded || Date.now() > endMs)
      throw new Error(`${what}: not said, but\n${program.output.split('\n').slice(-15).join('\n')}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export async function eventOf(program: GuestProgram, kind: string, limitMs: number) {
  return untilSaid(program, `the event ${kind}`, limitMs, () =>
    eventsOf(program).find((event) => event.kind === kind),
  )
}

/**
 * In CP4 with power on the drive. `meanwhile` is done while the ring is run up. Again where the run-up failed: a busy host
 * takes the ring's time away, and that says nothing about the guest, now and then.
 */
export async function startPowered(
  world: World,
  meanwhile: () => Promise<void> = async () => {},
): Promise<GuestProgram> {
  let program = startMachine(world.guest)
  for (let attempt = 1; ; attempt++) {
    try {
      await eventOf(program, 'phase', 60_000)
      await meanwhile()
      await eventOf(program, 'operational', 60_000)
      break
    } catch (error) {
      if (attempt === 3) throw error
      console.log(`          again, after: ${String(error).split('\n')[0]}`)
      program.signal('SIGKILL')
      await program.ended
      program = startMachine(world.guest)
    }
  }
  await world
    .sercos3()
    .waitFor('power', 20_000, ({ devices }) => devices[drive]?.operating === true)
  return program
}
