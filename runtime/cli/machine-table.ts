/** A machine as lines of text: a table for terminals, one line for logs. Pure. */
import type { CycleCounters, Quantiles } from '../machine-types.ts'
import { portErrors } from '../port-events.ts'
import type { AxisView, MachineView } from './machine-watch.ts'

/** The table that is redrawn on a terminal. */
export function machineTable(view: MachineView): string[] {
  return [
    header(view),
    '',
    ...cycleLines(view),
    counterLine(view),
    '',
    ...axisLines(view.axes),
    ...(view.points.length === 0 ? [] : ['', pointLine(view)]),
    ...(view.devices.length === 0 ? [] : ['', deviceLine(view)]),
    ...portLines(view),
  ]
}

/** The line per second where output is no terminal. */
export function machineLine(view: MachineView): string {
  const { report } = view
  const axes = view.axes.map(
    (axis) =>
      `${axis.name} ${axis.position.toFixed(4)} ${axis.unit} (error ${axis.followingError.toFixed(4)})`,
  )
  if (report === undefined) return `${view.name}: ${view.phase}`
  const { missedInterrupts, overruns } = report.counters
  const cycle = [
    `cycle ${report.cycles}`,
    `latency p99 ${us(report.latencyNs.p99)} us`,
    `jitter p99 ${us(report.jitterNs.p99)} us`,
    `missed ${missedInterrupts}`,
    `overruns ${overruns}`,
  ]
  // cables that are as they should be are no news
  const ring = cables(view) === undefined ? [] : [cables(view)]
  return [...cycle, ...ring, ...axes].join('  ')
}

function header(view: MachineView): string {
  const mqtt = view.mqtt === undefined ? '' : `   mqtt ${view.mqtt.url} ${connection(view.mqtt)}`
  return `${view.name}   ${view.phase}   ${topologyWords[view.topology]}${mqtt}`
}

function connection(mqtt: NonNullable<MachineView['mqtt']>): string {
  if (mqtt.connected) return 'connected'
  const { actual } = mqtt.problem ?? {}
  return typeof actual === 'string' ? `not connected (${actual})` : 'not connected'
}

function cycleLines({ report }: MachineView): string[] {
  if (report === undefined) return ['no cycle yet']
  const row = (name: string, quantiles: Quantiles): string =>
    columns([name, us(quantiles.p50), us(quantiles.p99), us(quantiles.p999), us(quantiles.max)])
  return [
    `cycle time ${report.cycleNs / 1000} us   cycles ${report.cycles}   least time left ${us(report.leastTimeLeftNs)} us`,
    columns(['last second, us', 'p50', 'p99', 'p99.9', 'max']),
    row('latency', report.latencyNs),
    row('execution', report.executionNs),
    row('jitter', report.jitterNs),
  ]
}

const counterWords: { readonly [Counter in keyof CycleCounters]: string } = {
  missedInterrupts: 'missed',
  maskedInterrupts: 'masked',
  overruns: 'overruns',
  lateCycles: 'late',
  lostTelegrams: 'lost telegrams',
  refusedSetpoints: 'refused setpoints',
  droppedRecords: 'dropped records',
  droppedEvents: 'dropped events',
  droppedMessages: 'dropped messages',
}

/** The two that matter most always, the others when there is something to tell. */
function counterLine({ report }: MachineView): string {
  if (report === undefined) return ''
  const { counters } = report
  const shown = (Object.keys(counterWords) as (keyof CycleCounters)[]).filter(
    (counter) => counters[counter] > 0 || counter === 'missedInterrupts' || counter === 'overruns',
  )
  return shown.map((counter) => `${counterWords[counter]} ${counters[counter]}`).join('   ')
}

function axisLines(axes: readonly AxisView[]): string[] {
  const rows = axes.map((axis) =>
    columns([
      `${axis.name}  ${axis.status.state}`,
      `${axis.position.toFixed(4)} ${axis.unit}`,
      `${axis.velocity.toFixed(2)} ${axis.unit}/s`,
      `${axis.torquePercent.toFixed(1)} %`,
      `${axis.followingError.toFixed(4)} ${axis.unit}`,
    ]),
  )
  return [columns(['axis', 'position', 'velocity', 'torque', 'following error']), ...rows]
}

function pointLine({ points }: MachineView): string {
  return points
    .map(({ name, value, unit }) => {
      if (typeof value === 'boolean') return `${name} ${value ? 'on' : 'off'}`
      return `${name} ${value.toFixed(2)} ${unit ?? ''}`.trimEnd()
    })
    .join('   ')
}

/** Those at work as a number, the others by name. */
function deviceLine({ devices }: MachineView): string {
  const others = devices
    .filter(({ state }) => state !== 'consuming')
    .map(({ device, state, lossesInARow }) =>
      lossesInARow === 0
        ? `${device} ${state}`
        : `${device} ${state} (${lossesInARow} lost in a row)`,
    )
  const lost = devices.reduce((sum, { losses }) => sum + losses, 0)
  return [
    `devices ${devices.length - others.length} of ${devices.length} consuming`,
    ...others,
    ...(lost === 0 ? [] : [`data lost ${lost}`]),
  ].join('   ')
}

/** Ports that had errors. */
function portLines({ ports }: MachineView): string[] {
  return ports
    .map((port) => ({ port: port.port, errors: portErrors(port) }))
    .filter(({ errors }) => errors.length > 0)
    .map(({ port, errors }) => [`port ${port}`, ...errors].join('   '))
}

function cables({ topology }: MachineView): string | undefined {
  return topology === 'brokenRing' || topology === 'defectiveRing' || topology === 'noLink'
    ? topologyWords[topology]
    : undefined
}

const topologyWords: { readonly [topology in MachineView['topology']]: string } = {
  noLink: 'no telegrams',
  linePort1: 'line on port 1',
  linePort2: 'line on port 2',
  brokenRing: 'BROKEN RING',
  ring: 'ring',
  defectiveRing: 'DEFECTIVE RING',
}

const widths = [24, 17, 17, 12, 17]

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0),
    )
    .join('')
}

function us(ns: number): string {
  return (ns / 1000).toFixed(1)
}
