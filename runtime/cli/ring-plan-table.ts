/** The plan of a ring as lines of text. Pure. */
import { payloadMaxBytes } from '../../cards/sercos3/telegram.ts'
import { nsPerUs } from '../../units.ts'
import type { PlannedFields, PlannedTelegram, RingPlanView } from './ring-plan.ts'

export function ringPlanLines(view: RingPlanView): string[] {
  return [
    headLine(view),
    ...guessLines(view),
    ...view.telegrams.flatMap(telegramLines),
    '',
    ...memoryLines(view),
    '',
    ...timeLines(view),
    '',
    ...sumLines(view),
  ]
}

const methods = {
  1: 'MDT, AT, then the UC channel',
  2: 'MDT, the UC channel, then AT',
  3: 'AT at the end of the cycle',
} as const

function headLine({ machine, cycleNs, timing }: RingPlanView): string {
  return `${machine}   cycle ${cycleNs / nsPerUs} us   method ${timing.method}: ${methods[timing.method]}`
}

function guessLines({ guessed }: RingPlanView): string[] {
  if (guessed.length === 0) return []
  return [
    `Only the devices can tell the connections of ${guessed.join(', ')}: shown is what is expected.`,
  ]
}

function telegramLines({ name, bytes, devices }: PlannedTelegram): string[] {
  const word = name.startsWith('MDT') ? 'C-DEV' : 'S-DEV'
  return [
    '',
    `${name}   ${bytes} of ${payloadMaxBytes} bytes`,
    row(['device', 'svc', word, 'bytes'], 'words'),
    ...devices.map(deviceLine),
  ]
}

function deviceLine({ device, serviceChannel, deviceWord, connection }: PlannedFields): string {
  const place = connection && `${connection.offset}-${connection.offset + connection.bytes - 1}`
  const words = (connection?.words ?? []).map(({ idn, offset }) => `${idn} ${offset}`)
  const cycles = connection?.producerCycles ?? 1
  const slow = cycles === 1 ? [] : [`(every ${cycles} cycles)`]
  const cells = [device, text(serviceChannel), text(deviceWord), place ?? '-']
  return row(cells, [...words, ...slow].join('  '))
}

function memoryLines({ memory }: RingPlanView): string[] {
  const line = (name: string, { bufferBytes, used, of }: RingPlanView['memory']['tx']) =>
    row([name, text(bufferBytes), text(memory.buffers), text(used)], `of ${of}`)
  return [
    row(['memory, bytes', 'a buffer', 'buffers', 'used'], ''),
    line('Tx', memory.tx),
    line('Rx, each port', memory.rx),
  ]
}

function timeLines({ timing }: RingPlanView): string[] {
  const line = (name: string, ns: number, about: string) =>
    row([name, '', '', microseconds(ns)], about)
  return [
    row(['time, us', '', '', ''], 'from the end of the MST'),
    line('MDT end', timing.mdtSentNs, ''),
    line('t1', timing.atStartNs, 'S-0-1006, AT0 starts'),
    line('AT end', timing.atReceivedNs, 'the last one is back'),
    line('t3', timing.commandValidNs, 'S-0-1008, command values are taken'),
    line('tSync', timing.syncNs, 'S-0-1007, feedback values are taken'),
    ...(timing.uc === undefined
      ? []
      : [
          line('t6', timing.ucOpenNs, 'S-0-1017, the UC channel opens'),
          line('t7', timing.ucCloseNs, 'and closes'),
        ]),
    line('jitter', timing.syncJitterNs, 'S-0-1023'),
    line('TSref', timing.referenceNs, 'S-0-1015 is twice this less the measured delay'),
    line('task', timing.taskNs, 'from the interrupt to the next MDT'),
  ]
}

function sumLines(view: RingPlanView): string[] {
  const { timing, assumed, wireLoadPercent, neededNs, shortestCycleNs } = view
  const shortest =
    shortestCycleNs === undefined ? 'none is long enough' : `${shortestCycleNs / nsPerUs} us`
  const { jitterNs, producerNs, consumerNs } = assumed
  return [
    `wire load        ${wireLoadPercent.toFixed(1)} %`,
    `shortest cycle   ${shortest} (the telegrams need ${microseconds(neededNs)} us)`,
    `UC channel       ${ucText(view)}`,
    `inter-frame gap  ${timing.interFrameGap} bytes`,
    `Taken for granted of each device: jitter ${jitterNs} ns, t5 ${producerNs} ns, t11 ${consumerNs} ns; what they say in CP2 counts.`,
  ]
}

function ucText({ timing }: RingPlanView): string {
  const { uc, ucOpenNs, ucCloseNs } = timing
  if (uc === undefined) return 'closed'
  return `open for ${microseconds(ucCloseNs - ucOpenNs)} us, frames up to ${uc.mtu} bytes, the longest starts at ${microseconds(uc.lastStartNs)} us at the latest`
}

const nameWidth = 16
const cellWidth = 10

function row([name = '', ...cells]: readonly string[], rest: string): string {
  const padded = cells.map((cell) => cell.padStart(cellWidth)).join('')
  return `${name.padEnd(nameWidth)}${padded}   ${rest}`.trimEnd()
}

function text(value: number | undefined): string {
  return value === undefined ? '-' : String(value)
}

function microseconds(ns: number): string {
  return (ns / nsPerUs).toFixed(2)
}
