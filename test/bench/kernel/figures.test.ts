import { expect, test } from 'vitest'
import {
  comparisonLines,
  drivers,
  images,
  kernelVerdict,
  languages,
  ratioToC,
  rowOf,
  savings,
  spreadOf,
  stubSaving,
  tableHead,
  tableRow,
  type Counts,
} from './figures.ts'

const wake = 4000
/** Excess of each driver in C at a size, so that every goal is met. */
const excess = { copy: 1000, sercos3: 500, stub: 100 }

function countsFor(change: Partial<Record<string, number>> = {}): Counts[] {
  return images.flatMap((image) =>
    drivers.flatMap((driver) =>
      languages.map((lang) => {
        const cost = change[`${driver} ${lang} ${image}`] ?? excess[driver] * (lang === 'c' ? 1 : 3)
        return {
          image,
          driver,
          lang,
          spans: [wake + cost, wake + cost, wake + cost + 7000],
          turns: [wake + cost + 2000],
        }
      }),
    ),
  )
}

const rowsFor = (change?: Partial<Record<string, number>>) =>
  countsFor(change).map((counts) => rowOf(counts, wake))

test('a row is the median span and what it has above the floor', () => {
  const counts = { image: 64, driver: 'stub', lang: 'c', spans: [4900, 4100, 4200] } as const
  expect(rowOf(counts, wake)).toEqual({
    image: 64,
    driver: 'stub',
    lang: 'c',
    instructions: 4200,
    excess: 200,
  })
  expect(spreadOf(counts.spans)).toEqual({ least: 4100, median: 4200, p99: 4900 })
})

test('savings are shares of the excess, not of the span', () => {
  const rows = rowsFor({ 'stub c 1024': 250, 'copy ts 1024': 2000, 'stub ts 1024': 500 })
  expect(savings(rows)).toEqual({ c: 0.75, ts: 0.75 })
  expect(stubSaving(rows, 64)).toBe(0.8)
  expect(ratioToC(rows, 64)).toBe(1.05)
})

test('the verdict names every goal that was missed', () => {
  expect(kernelVerdict(rowsFor())).toBe('goals met')
  const slow = rowsFor({ 'stub c 64': 801, 'sercos3 c 64': 2000 })
  expect(kernelVerdict(slow)).toBe('missed: stub below copy at 64 19.9 % < 20 %')
  const slower = rowsFor({ 'stub c 4096': 601, 'sercos3 c 4096': 800 })
  expect(kernelVerdict(slower)).toBe(
    'missed: stub below copy at 4096 39.9 % < 40 %, stub below sercos3 at 4096 24.9 % < 30 %',
  )
  expect(kernelVerdict(rowsFor({ 'stub ts 256': 4300 }))).toBe('missed: ts to c at 256 2.02 > 2')
})

test('a missing row is an error, not a figure', () => {
  const rows = rowsFor().filter((row) => row.driver !== 'copy')
  expect(() => savings(rows)).toThrow('no row copy c 1024')
})

test('the table has one line a row under its head', () => {
  const [counts] = countsFor()
  expect(counts).toBeDefined()
  if (counts === undefined) return
  expect(tableHead().trim().split(/ {2,}/)).toHaveLength(8)
  expect(tableRow(counts, wake).split(/ +/).slice(1)).toEqual([
    '64',
    'copy',
    'c',
    '5000',
    '1000',
    '5000',
    '12000',
    '7000',
  ])
  expect(comparisonLines(rowsFor())[1]?.trim().split(/ {2,}/)).toEqual([
    '64',
    '90 %',
    '50 %',
    '80 %',
    '90 %',
    '1.05',
  ])
})
