import { Subject } from 'rxjs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ToyMachine } from '../../test/toy-machine.ts'
import { DualportError } from '../../errors.ts'
import { loadMachineFile } from '../machine-file/load.ts'
import type { MqttState } from '../mqtt/connect-mqtt.ts'
import { demoMachine } from './demo.ts'
import { machineTable } from './machine-table.ts'
import { MachineWatch } from './machine-watch.ts'
import type { MachineView } from './machine-watch.ts'
import { Output } from './output.ts'
import { tellConnection } from './tell-connection.ts'

let out = ''
let err = ''
let view: MachineView
let machine: ToyMachine

beforeEach(async () => {
  out = ''
  err = ''
  vi.useFakeTimers()
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
  machine = new ToyMachine(await loadMachineFile(demoMachine()))
  const watch = new MachineWatch(machine, undefined)
  machine.axis('x').feed(1, 2, 123.45678)
  const quantiles = { p50: 1000, p99: 2000, p999: 3000, max: 4567 }
  machine.cycle$.next({
    timeNs: 0,
    cycles: 5000,
    cycleNs: 1_000_000,
    latencyNs: quantiles,
    executionNs: quantiles,
    jitterNs: quantiles,
    ringClock: { driftPpb: 1200, jitterNs: 800 },
    leastTimeLeftNs: 850_000,
    counters: {
      missedInterrupts: 3,
      maskedInterrupts: 0,
      overruns: 0,
      lateCycles: 1,
      lostTelegrams: 0,
      droppedRecords: 0,
      droppedEvents: 0,
      refusedSetpoints: 0,
      droppedMessages: 0,
    },
  })
  view = watch.view
  watch.close()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('the table shows the newest sample, the statistics and every counter that is not zero', () => {
  const lines = machineTable(view)
  expect(lines.find((line) => line.startsWith('x '))).toMatch(/x {2}disabled +123\.4568 mm/)
  expect(lines.find((line) => line.startsWith('jitter'))).toMatch(/1\.0 +2\.0 +3\.0 +4\.6$/)
  expect(lines).toContain('missed 3   overruns 0   late 1')
  expect(lines.at(-3)).toMatch(/lamp off .*pressure 0\.00 V$/)
  const heads = lines.filter((line) => /^(axis|x|y|z|c) /.test(line)).map((line) => line.length)
  expect(new Set(heads).size).toBe(1)
})

test('the table shows how the cables lie, and by name the devices whose data do not come', () => {
  const devices = view.devices.map((one, index) => {
    if (index !== 1) return { ...one, state: 'consuming' } as const
    return { ...one, state: 'warning', losses: 9, lossesInARow: 2 } as const
  })
  const lines = machineTable({ ...view, topology: 'brokenRing', devices })
  expect(lines[0]).toContain('BROKEN RING')
  expect(lines.at(-1)).toMatch(
    /^devices 4 of 5 consuming {3}\S+ warning \(2 lost in a row\) {3}data lost 9$/,
  )
})

test('a redraw goes up exactly over what was drawn, and a line in between stays above the table', () => {
  const output = new Output('table')
  output.show(() => view)
  vi.advanceTimersByTime(200)
  const drawn = out.split('\n').length - 1
  out = ''
  output.say('news')
  expect(out).toBe(`\u001B[${drawn}A\u001B[Jnews\n`)
  out = ''
  vi.advanceTimersByTime(200)
  expect(out).not.toContain('\u001B')
  output.stop()
  vi.advanceTimersByTime(1000)
  expect(out.split('\n')).toHaveLength(drawn + 1)
})

test('without a terminal there is one plain line per second', () => {
  const output = new Output('lines')
  output.show(() => view)
  vi.advanceTimersByTime(2000)
  output.stop()
  const lines = out.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^cycle 5000 .*missed 3 .*x 123\.4568 mm/)
  expect(out).not.toContain('\u001B')
})

test('as JSON every line is one object, events included', () => {
  const output = new Output('json')
  output.show(() => view)
  output.say('nothing of this')
  const error = new DualportError('DP_INTERNAL')
  output.event({ timeNs: 1, kind: 'safe', severity: 'error', message: 'safe state', error })
  vi.advanceTimersByTime(1000)
  output.stop()
  const [event, state] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(event).toMatchObject({ event: { kind: 'safe', error: { code: 'DP_INTERNAL' } } })
  expect(state).toMatchObject({
    name: 'demo',
    axes: [{ name: 'x', position: 123.45678 }, {}, {}, {}],
  })
  const { points } = state as { points: unknown[] }
  expect(points[0]).toEqual({ name: 'lamp', kind: 'digitalOutput', value: false })
  expect(points.at(-1)).toEqual({ name: 'pressure', kind: 'analogInput', unit: 'V', value: 0 })
})

test('a refused real-time setting is said on standard error, once', () => {
  const output = new Output('lines')
  for (let count = 0; count < 3; count++)
    output.event({ timeNs: 0, kind: 'realtime', severity: 'warning', message: 'no SCHED_FIFO' })
  output.event({ timeNs: 0, kind: 'realtime', severity: 'info', message: 'pinned to CPU 1' })
  expect(err.match(/WARNING no SCHED_FIFO/g)).toHaveLength(1)
  expect(out).toBe('')
})

test('a cable that breaks is warned of each time, and one that is back is said', () => {
  const output = new Output('lines')
  const broken = { timeNs: 0, kind: 'topology', severity: 'warning', message: 'broken' } as const
  output.event(broken)
  output.event({ ...broken, severity: 'info', message: 'a ring again' })
  output.event(broken)
  expect(err.match(/WARNING broken/g)).toHaveLength(2)
  expect(out).toBe('topology     a ring again\n')
})

test('when the machine turns safe its error is said once, although every axis and the safe state repeat it', () => {
  const output = new Output('lines')
  const error = new DualportError('DP_CARD_GONE')
  const ofAxis = new DualportError('DP_AXIS_SAFE', { at: 'axis x' })
  const event = { timeNs: 0, severity: 'error', error } as const
  output.event({ ...event, kind: 'gone', message: error.message })
  output.event({ ...event, kind: 'safe', message: 'safe state: DP_CARD_GONE' })
  output.event({ ...event, kind: 'axis', message: 'x errorStop', axis: 'x', error: ofAxis })
  expect(err).toContain(`WARNING gone: ${error.message}`)
  expect(err.trimEnd().split('\n')).toHaveLength(1)
  expect(out).toBe('safe         safe state: DP_CARD_GONE\n')
})

test('nothing more is written once standard output has failed', () => {
  const output = new Output('lines')
  process.stdout.on('error', () => {})
  process.stdout.emit('error', new Error('write EPIPE'))
  output.say('unheard')
  output.show(() => view)
  vi.advanceTimersByTime(2000)
  output.stop()
  expect(out).toBe('')
  process.stdout.removeAllListeners('error')
})

test('an unreachable broker is warned of once, and again after it was reached', () => {
  const output = new Output('lines')
  const problem = new DualportError('DP_MQTT_CONNECTION', { actual: 'connect ECONNREFUSED' })
  const state$ = new Subject<MqttState>()
  const connection = tellConnection({ state$, url: 'mqtt://plant' }, output)
  const lost = { connected: false, problem }
  for (const state of [lost, lost]) state$.next(state)
  expect(err.match(/WARNING DP_MQTT_CONNECTION: .*ECONNREFUSED/g)).toHaveLength(1)
  expect(out).toBe('')
  state$.next({ connected: true, problem: undefined })
  expect(out).toBe('mqtt         connected to mqtt://plant\n')
  for (const state of [lost, lost]) state$.next(state)
  expect(err.match(/WARNING/g)).toHaveLength(2)
  connection.unsubscribe()
  expect(state$.observed).toBe(false)
})
