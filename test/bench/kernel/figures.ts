/** What the kernel bench makes of its counts: rows, what they cost above the floor, savings, verdict, table. */

export const images = [64, 256, 1024, 4096] as const
export const drivers = ['copy', 'sercos3', 'stub'] as const
export const languages = ['c', 'ts'] as const
export type Driver = (typeof drivers)[number]
export type Language = (typeof languages)[number]

/** Instructions of one task, cycle by cycle. */
export type Counts = {
  readonly image: number
  readonly driver: Driver
  readonly lang: Language
  /** From the interrupt to the last output in the card, re-arming included. */
  readonly spans: readonly number[]
  /** From the interrupt to the end of the record that TypeScript leaves of a cycle; none in C. */
  readonly turns: readonly number[]
}

export type Row = {
  /** Bytes of the input image, and of the output image. */
  readonly image: number
  readonly driver: Driver
  readonly lang: Language
  /** From the interrupt to the last output in the card, re-arming included; median. */
  readonly instructions: number
  /** Of these, those above the floor `wake`. */
  readonly excess: number
}

/** Share of the copying driver's excess that direct access on the stub saves, by language. */
export type Saving = Readonly<Record<Language, number>>

/** The size that `saving` is told for. */
export const savingImage = 1024

export const goals = {
  /** Least share of the copying driver's excess that direct access on the stub saves, in C. */
  savingInC: (image: number) => (image >= 1024 ? 0.4 : 0.2),
  /** Least share of the excess on sercos3 that the stub saves, in C. */
  stubBelowSercos3: 0.3,
  /** Most that TypeScript takes of what C takes, both on the stub, over the whole span. */
  typeScriptToC: 2,
} as const

export type Spread = {
  readonly least: number
  readonly median: number
  readonly p99: number
}

/** Nearest ranks. Of a row that repeats exactly all three are one. */
export function spreadOf(spans: readonly number[]): Spread {
  const sorted = spans.toSorted((a, b) => a - b)
  const at = (rank: number) => sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)] ?? 0
  return { least: at(0), median: at(0.5), p99: at(0.99) }
}

export function rowOf(counts: Omit<Counts, 'turns'>, wake: number): Row {
  const { image, driver, lang, spans } = counts
  const instructions = spreadOf(spans).median
  return { image, driver, lang, instructions, excess: instructions - wake }
}

/** 1 - a / b, in thousandths. */
function share(a: number, b: number): number {
  return Math.round((1 - a / b) * 1000) / 1000
}

/** What direct access in `lang` saves of the copying driver's excess. */
export function savingOf(
  rows: readonly Row[],
  lang: Language,
  image: number,
  by: Driver = 'stub',
): number {
  return share(find(rows, image, by, lang).excess, find(rows, image, 'copy', lang).excess)
}

export function savings(rows: readonly Row[]): Saving {
  return { c: savingOf(rows, 'c', savingImage), ts: savingOf(rows, 'ts', savingImage) }
}

/** What the stub saves of the excess on sercos3, in C. */
export function stubSaving(rows: readonly Row[], image: number): number {
  return share(find(rows, image, 'stub', 'c').excess, find(rows, image, 'sercos3', 'c').excess)
}

/** TypeScript to C, both on the stub, over the whole span. */
export function ratioToC(rows: readonly Row[], image: number): number {
  const { instructions } = find(rows, image, 'stub', 'ts')
  return Math.round((instructions / find(rows, image, 'stub', 'c').instructions) * 100) / 100
}

export function kernelVerdict(rows: readonly Row[]): string {
  const missed: string[] = []
  const atLeast = (what: string, is: number, goal: number) => {
    if (!(is >= goal)) missed.push(`${what} ${percent(is)} < ${percent(goal)}`)
  }
  for (const image of images) {
    atLeast(`stub below copy at ${image}`, savingOf(rows, 'c', image), goals.savingInC(image))
    atLeast(`stub below sercos3 at ${image}`, stubSaving(rows, image), goals.stubBelowSercos3)
    const ratio = ratioToC(rows, image)
    if (!(ratio <= goals.typeScriptToC))
      missed.push(`ts to c at ${image} ${ratio} > ${goals.typeScriptToC}`)
  }
  return missed.length === 0 ? 'goals met' : `missed: ${missed.join(', ')}`
}

function find(rows: readonly Row[], image: number, driver: Driver, lang: Language): Row {
  const row = rows.find((one) => one.image === image && one.driver === driver && one.lang === lang)
  if (row === undefined) throw new Error(`no row ${driver} ${lang} ${image}`)
  return row
}

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10} %`
}

export function tableHead(): string {
  return columns('image', 'driver', 'lang', 'instructions', 'excess', 'least', 'p99', 'with record')
}

export function tableRow(counts: Counts, wake: number): string {
  const { image, driver, lang, instructions, excess } = rowOf(counts, wake)
  const { least, p99 } = spreadOf(counts.spans)
  const turn = counts.turns.length === 0 ? '' : spreadOf(counts.turns).median
  return columns(image, driver, lang, instructions, excess, least, p99, turn)
}

/** What the goals are about, size by size. */
export function comparisonLines(rows: readonly Row[]): string[] {
  return [
    columns('image', 'stub:copy', 'sercos3:copy', 'stub:sercos3', 'stub:copy ts', 'ts to c', ''),
    ...images.map((image) =>
      columns(
        image,
        percent(savingOf(rows, 'c', image)),
        percent(savingOf(rows, 'c', image, 'sercos3')),
        percent(stubSaving(rows, image)),
        percent(savingOf(rows, 'ts', image)),
        ratioToC(rows, image),
        '',
      ),
    ),
  ]
}

function columns(...cells: readonly (string | number)[]): string {
  return cells
    .map((cell) => String(cell).padStart(14))
    .join('')
    .trimEnd()
}
