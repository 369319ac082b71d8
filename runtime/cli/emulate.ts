/** `dualport emulate`: an emulated card for a master that is another program, in whatever language. */
import { InvalidArgumentError, type Command } from 'commander'
import {
  openSercos3MemoryFile,
  type Sercos3MemoryFile,
} from '../../cards/sercos3/emulator/open-memory-file.ts'
import { readScript } from '../../cards/sercos3/emulator/script.ts'
import type { DeviceSpec } from '../../cards/sercos3/emulator/slave.ts'
import { coreSize, windows } from '../../cards/sercos3/registers.ts'
import { nsPerUs } from '../../units.ts'
import { exitCode } from './exit-code.ts'
import type { StopSignal } from './stop-signal.ts'

export type EmulateOptions = {
  readonly memory: string
  readonly irqSocket: string
  readonly devices: number
  readonly topology: 'ring' | 'line'
  /** Microseconds. */
  readonly cycle: number
  readonly script?: string
  readonly json?: boolean
}

const mostDevices = 64
/** SCHED_FIFO, where the system grants it: a master with a clock of its own finds telegrams only from a punctual card. */
const clockPriority = 20
const countEveryMs = 1000

const howToAttach = `
The memory is the core's address space, ${coreSize} bytes: registers at 0x${hex(windows.registers.offset)}, service channels at 0x${hex(windows.svc.offset)},
transmit RAM at 0x${hex(windows.tx.offset)}, receive RAM at 0x${hex(windows.rx.offset)}. Every client of the socket gets one packet a cycle, the
count of cycles as four bytes, whatever the card's interrupt enables say; one that reads late skips counts.
The devices are drives with the addresses 1, 2, ... in the order of the ring.

A script is a list of faults, each so many cycles after a phase (NRT, CP0 to CP4) began, or after the start:

  { "steps": [
    { "at": { "phase": "CP4", "cycle": 500 }, "fault": { "kind": "ringBreak", "after": 2 } },
    { "at": { "phase": "CP4", "cycle": 900 }, "fault": { "kind": "ringClosed" } }
  ] }

  ringBreak {after}    ringClosed {after?}    the cable behind device number \`after\` (0: at the master's port 1)
  lostTelegram {what: mst|mdt|at, telegram?, cycles}    crcError {port, telegram?, cycles}
  plug {device}    pull {device}    powerCycle {device}    driveFault {device}
  device {device, does: silent {cycles}, slowService {cycles}, busyService {cycles}, serviceError {idn, code},
    wrongLength {idn}, diagnosis {class, bits}, refuseReset, disturb {torqueNm}, mains {on}, address {address},
    stuckToggle {stuck}}
  tornWrite {cycles}    deadCard    stuckLine {level: high|low|free}    slowCard {delayNs}    unplugged
  Devices count from 0 in the order of the cables.

Example:
  dualport emulate sercos3 --memory /dev/shm/sercos --irq-socket sercos.irq --devices 4

  A C program attaches to it so (every call can fail; <fcntl.h> <sys/mman.h> <sys/socket.h> <sys/un.h>):

    int file = open("/dev/shm/sercos", O_RDWR);
    volatile uint32_t *card = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    int irq = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    struct sockaddr_un at = { AF_UNIX, "sercos.irq" };
    connect(irq, (struct sockaddr *)&at, sizeof at);
    int32_t count;
    while (read(irq, &count, 4) == 4)
      cycle(card, count);                  /* as with /dev/uioN */`

/** Adds the command to the program. `done` takes the exit code. */
export function addEmulateCommand(
  program: Command,
  stop: StopSignal,
  done: (code: number) => void,
): void {
  const emulate = program
    .command('emulate')
    .description(
      'emulate a card for a driver of your own: its memory as a file, its interrupt as a socket',
    )
  emulate
    .command('sercos3')
    .description('a SERCOS III master card with a ring of drives; Ctrl-C ends it')
    .requiredOption('--memory <file>', 'the memory: made if missing, best in /dev/shm')
    .requiredOption('--irq-socket <path>', 'SOCK_SEQPACKET socket that tells the count of cycles')
    .option('--devices <n>', `drives on the cables, 1 to ${mostDevices}`, whole(1, mostDevices), 4)
    .option('--topology <kind>', 'ring, or line at port 1', ringOrLine, 'ring')
    .option('--cycle <us>', 'period while the main timer is off', whole(31, 65_000), 1000)
    .option('--script <file>', 'JSON: faults and when they happen')
    .option('--json', 'print what happens as one JSON object per line')
    .addHelpText('after', howToAttach)
    .action(async (options: EmulateOptions) => done(await emulateSercos3(options, stop)))
}

/** Runs the card until `stop`. Rejects with DP_EMULATOR_MEMORY, DP_EMULATOR_SOCKET, DP_EMULATOR_SCRIPT, DP_SYSTEM_CALL. */
export async function emulateSercos3(options: EmulateOptions, stop: StopSignal): Promise<number> {
  const { script } = options
  const card = await openSercos3MemoryFile({
    memory: options.memory,
    irqSocket: options.irqSocket,
    devices: drives(options.devices),
    topology: options.topology,
    clockPriority,
    idleNs: options.cycle * nsPerUs,
    ...(script === undefined ? {} : { script: readScript(script, options.devices) }),
  })
  const tell = options.json === true ? tellJson(card) : tellWords(card)
  tell.ready(options)
  const timer = setInterval(tell.state, countEveryMs)
  try {
    await Promise.race([stop.stopped, card.ended])
  } finally {
    clearInterval(timer)
    await card.close()
  }
  return exitCode.done
}

function drives(count: number): DeviceSpec[] {
  return Array.from({ length: count }, (_, n) => ({
    name: `drive ${n + 1}`,
    address: n + 1,
    profile: 'drive',
  }))
}

type Teller = { readonly ready: (options: EmulateOptions) => void; readonly state: () => void }

function tellJson(card: Sercos3MemoryFile): Teller {
  return {
    ready({ memory, irqSocket, devices, topology, cycle }) {
      const ready = { memory, irqSocket, devices, topology, cycleUs: cycle }
      process.stdout.write(`${JSON.stringify({ ready })}\n`)
    },
    state() {
      const { cycles, skipped, transmitting, watchdogAlarm, devices } = card.observe()
      const phases = devices.map(({ phase }) => phase)
      const state = { cycles, skipped, transmitting, watchdogAlarm, phases }
      process.stdout.write(`${JSON.stringify({ state })}\n`)
    },
  }
}

/** Says what changes, in words. */
function tellWords(card: Sercos3MemoryFile): Teller {
  let said = ''
  return {
    ready({ memory, irqSocket, devices, topology }) {
      console.log(
        `SERCOS III card with ${devices} ${devices === 1 ? 'drive' : 'drives'} in a ${topology}: memory ${memory}, interrupts ${irqSocket}. Ctrl-C ends it.`,
      )
    },
    state() {
      const text = describeState(card)
      if (text !== said) console.log(text)
      said = text
    },
  }
}

function describeState(card: Sercos3MemoryFile): string {
  const { transmitting, watchdogAlarm, devices } = card.observe()
  const alarm = watchdogAlarm ? ', watchdog alarm' : ''
  if (!transmitting) return `no telegrams${alarm}`
  const counted = new Map<number, number>()
  for (const { phase } of devices) counted.set(phase, (counted.get(phase) ?? 0) + 1)
  const parts = [...counted].map(([phase, n]) => `${n} in ${phase < 0 ? 'NRT' : `CP${phase}`}`)
  return `telegrams; drives: ${parts.join(', ')}${alarm}`
}

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`)
  }
}

function ringOrLine(text: string): 'ring' | 'line' {
  if (text === 'ring' || text === 'line') return text
  throw new InvalidArgumentError('expected ring or line')
}

function hex(offset: number): string {
  return offset.toString(16).padStart(4, '0')
}
