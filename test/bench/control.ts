/**
 * control: a cycle of 1, 8 and 32 axes, each with interpolation and the cascade of position and velocity, against a C twin that
 * does the same operations in the same order; both take turns, and after each turn all bits must agree.
 */
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { median, NativeTwin } from './ask-native.ts'
import type { Bench, BenchOptions, BenchResult } from './bench.ts'
import { buildNative } from './build-native.ts'
import { ControlledAxis, cycleS } from './controlled-axis.ts'

const counts = [1, 8, 32] as const
const goal = 2.5
const heapGoalBytes = 1
const rounds = 15
const warmUpRounds = 10
/** Of all axes of a turn together. */
const stepsPerRound = 96_000
const heapCycles = 10_000

export const control: Bench = {
  about: 'a cycle of interpolation and cascade for 1, 8 and 32 axes, against C',
  usual: false,
  run: runControl,
}

type Row = {
  readonly axes: number
  readonly nsPerCycle: number
  readonly nsPerCycleC: number
  readonly ratio: number
  /** After every turn torque, integral and position of all axes were the same in both. */
  readonly sameBits: boolean
  readonly bytesPerCycle: number
}

async function runControl({ log }: BenchOptions): Promise<BenchResult> {
  const program = buildNative('control')
  if (program === undefined) return { bench: 'control', verdict: 'skipped: no gcc for the C twin' }
  const rows: Row[] = []
  for (const count of counts) {
    const row = await measure(program, count)
    rows.push(row)
    log(
      `${row.axes} axes: ${row.nsPerCycle} ns a cycle, C ${row.nsPerCycleC} ns, ratio ${row.ratio}, ` +
        `${row.sameBits ? 'all bits agree' : 'BITS DIFFER'}, ${row.bytesPerCycle} bytes`,
    )
  }
  return { bench: 'control', rows, node: process.versions.node, verdict: verdictOf(rows) }
}

function verdictOf(rows: readonly Row[]): string {
  const missed = rows.flatMap(({ axes, ratio, sameBits, bytesPerCycle }) => [
    ...(ratio <= goal ? [] : [`${axes} axes ${ratio} > ${goal}`]),
    ...(sameBits ? [] : [`${axes} axes: bits differ`]),
    ...(bytesPerCycle < heapGoalBytes ? [] : [`${axes} axes ${bytesPerCycle} bytes a cycle`]),
  ])
  return missed.length === 0 ? 'goals met' : `missed: ${missed.join(', ')}`
}

async function measure(program: string, count: number): Promise<Row> {
  const axes = Array.from({ length: count }, (_, n) => new ControlledAxis(n))
  const twin = new NativeTwin(program)
  const cycles = stepsPerRound / count
  const inC: number[] = []
  const inTypeScript: number[] = []
  let sameBits = true
  // numbers as text are exact: each double has a text that only it is read from
  const setup = [count, cycleS, ...axes.flatMap((axis) => axis.numbers())].join(' ')
  twin.tell(setup)
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    const [ns, hash] = (await twin.ask(String(cycles))).split(' ')
    const begin = performance.now()
    run(axes, cycles)
    const ms = performance.now() - begin
    sameBits &&= hash === hashOf(axes)
    if (round < warmUpRounds) continue
    inC.push(Number(ns) / cycles)
    inTypeScript.push((ms * 1e6) / cycles)
  }
  twin.close()
  const ratios = inTypeScript.map((time, n) => time / (inC[n] as number))
  return {
    axes: count,
    nsPerCycle: tenths(median(inTypeScript)),
    nsPerCycleC: tenths(median(inC)),
    ratio: Math.round(median(ratios) * 100) / 100,
    sameBits,
    bytesPerCycle: tenths(
      Math.max(
        0,
        heapGrowthPerCycle((some) => run(axes, some), heapCycles),
      ),
    ),
  }
}

function run(axes: readonly ControlledAxis[], cycles: number): void {
  for (let k = 0; k < cycles; k++) {
    for (let n = 0; n < axes.length; n++) (axes[n] as ControlledAxis).step()
  }
}

/** FNV-1a over the bits of what the axes have come to, 64 bits at a time, as native/control.c does it. */
function hashOf(axes: readonly ControlledAxis[]): string {
  const view = new DataView(new ArrayBuffer(8))
  let hash = 0xcbf29ce484222325n
  for (const value of axes.flatMap((axis) => axis.outcome())) {
    view.setFloat64(0, value)
    hash = BigInt.asUintN(64, (hash ^ view.getBigUint64(0)) * 0x100000001b3n)
  }
  return hash.toString(16)
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
