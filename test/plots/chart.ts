/**
 * Charts as SVG: panels one above the other over one axis, for small pages in light and dark. Coordinates are rounded to a tenth
 * of a pixel, so that the same data gives the same file everywhere.
 */

export type Series = {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Left out: a line. `limit`: thin and dashed, of no colour. */
  readonly style?: 'line' | 'dots' | 'limit'
}

export type Panel = {
  /** With its unit. */
  readonly label: string
  readonly series: readonly Series[]
  readonly height?: number
  /** Decades. */
  readonly logarithmic?: boolean
  /** Left out: what the series take up. */
  readonly range?: readonly [low: number, high: number]
}

export type Chart = {
  /** What the picture shows, for those who do not see it. */
  readonly title: string
  readonly panels: readonly Panel[]
  readonly x: {
    readonly label: string
    readonly range: readonly [low: number, high: number]
    readonly logarithmic?: boolean
  }
}

const width = 720
const left = 64
const right = 12
const top = 10
const gap = 34
const bottom = 40
const defaultHeight = 96
const plotWidth = width - left - right
const ticksDown = 5
const ticksAcross = 9
const colours = 3
/** Pixels. */
const visible = 0.1

const style = `
text { font: 12px system-ui, sans-serif; fill: #3b3f46 }
.title { font-weight: 600 }
.grid { stroke: #d9dce1; stroke-width: 1 }
.frame { stroke: #9aa1ab; stroke-width: 1 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.limit { fill: none; stroke: #8a919c; stroke-width: 1; stroke-dasharray: 4 4 }
.c0 { stroke: #2464b8 } .c1 { stroke: #c2570c } .c2 { stroke: #0b7d69 }
.d0 { fill: #2464b8 } .d1 { fill: #c2570c } .d2 { fill: #0b7d69 }
@media (prefers-color-scheme: dark) {
text { fill: #d3d7de }
.grid { stroke: #353b45 } .frame { stroke: #6d7581 }
.c0 { stroke: #6ea8f2 } .c1 { stroke: #f09a5b } .c2 { stroke: #4cc2a8 }
.d0 { fill: #6ea8f2 } .d1 { fill: #f09a5b } .d2 { fill: #4cc2a8 }
}`

/** A whole file. */
export function drawChart(chart: Chart): string {
  const parts: string[] = []
  let y = top
  for (const panel of chart.panels) {
    y += 18
    parts.push(drawPanel(panel, chart.x, y))
    y += (panel.height ?? defaultHeight) + gap - 18
  }
  const end = y - gap + 18
  const height = end + bottom
  parts.push(drawTicks(chart.x, end))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(chart.title)}</title>`,
    `<style>${style}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

function drawPanel(panel: Panel, x: Chart['x'], y: number): string {
  const height = panel.height ?? defaultHeight
  const logarithmic = panel.logarithmic ?? false
  const [low, high] = panel.range ?? rangeOf(panel.series, logarithmic)
  const down = scale([low, high], [y + height, y], logarithmic)
  const across = scale(x.range, [left, left + plotWidth], x.logarithmic ?? false)
  const parts = [text(left, y - 6, panel.label, 'start', 'title')]
  for (const tick of ticks(low, high, logarithmic)) {
    const at = px(down(tick))
    parts.push(
      `<line class="grid" x1="${left}" y1="${at}" x2="${left + plotWidth}" y2="${at}"/>`,
      text(left - 8, Number(at) + 4, number(tick), 'end'),
    )
  }
  for (const tick of ticks(...x.range, x.logarithmic ?? false, ticksAcross)) {
    const at = px(across(tick))
    parts.push(`<line class="grid" x1="${at}" y1="${y}" x2="${at}" y2="${y + height}"/>`)
  }
  let colour = 0
  let legend = left + plotWidth
  const named = panel.series.filter((series) => series.name !== '')
  for (const series of panel.series) {
    const own = series.style === 'limit' ? 0 : colour++ % colours
    parts.push(drawSeries(series, across, down, own))
  }
  for (const series of named.toReversed()) {
    const drawn = panel.series.filter((one) => one.style !== 'limit')
    const own = drawn.indexOf(series) % colours
    const kind = series.style === 'limit' ? 'limit' : `line c${own}`
    legend -= 7 * series.name.length + 8
    parts.push(text(legend, y - 6, series.name, 'start'))
    parts.push(
      series.style === 'dots'
        ? `<circle class="d${own}" cx="${legend - 10}" cy="${y - 10}" r="2.5"/>`
        : `<line class="${kind}" x1="${legend - 20}" y1="${y - 10}" x2="${legend - 5}" y2="${y - 10}"/>`,
    )
    legend -= 30
  }
  return parts.join('\n')
}

function drawSeries(
  { points, style: kind }: Series,
  across: (x: number) => number,
  down: (y: number) => number,
  colour: number,
): string {
  if (kind === 'dots')
    return points
      .map(
        ([x, y]) =>
          `<circle class="d${colour}" cx="${px(across(x))}" cy="${px(down(y))}" r="1.8"/>`,
      )
      .join('\n')
  const placed = points.map(([x, y]): Point => [across(x), down(y)])
  const path = thinned(placed)
    .map(([x, y]) => `${px(x)} ${px(y)}`)
    .join('L')
  return `<path class="${kind === 'limit' ? 'limit' : `line c${colour}`}" d="M${path}"/>`
}

type Point = readonly [x: number, y: number]

/** Without the points that the line between others passes anyway (Douglas, Peucker, 1973). */
function thinned(points: readonly Point[]): readonly Point[] {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined || points.length < 3) return points
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]]
  const length = Math.hypot(dx, dy)
  let furthest = 0
  let most = visible
  for (const [n, [x, y]] of points.entries()) {
    const [px0, py0] = [x - first[0], y - first[1]]
    const off = length === 0 ? Math.hypot(px0, py0) : Math.abs(px0 * dy - py0 * dx) / length
    if (off <= most) continue
    most = off
    furthest = n
  }
  if (furthest === 0) return [first, last]
  const before = thinned(points.slice(0, furthest + 1))
  return [...before.slice(0, -1), ...thinned(points.slice(furthest))]
}

function drawTicks(x: Chart['x'], y: number): string {
  const across = scale(x.range, [left, left + plotWidth], x.logarithmic ?? false)
  const parts = [
    `<line class="frame" x1="${left}" y1="${y}" x2="${left + plotWidth}" y2="${y}"/>`,
    text(left + plotWidth / 2, y + 34, x.label, 'middle'),
  ]
  for (const tick of ticks(...x.range, x.logarithmic ?? false, ticksAcross))
    parts.push(text(across(tick), y + 16, number(tick), 'middle'))
  return parts.join('\n')
}

function text(x: number, y: number, words: string, anchor: string, kind?: string): string {
  const named = kind === undefined ? '' : ` class="${kind}"`
  return `<text${named} x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escaped(words)}</text>`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function scale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  logarithmic: boolean,
): (value: number) => number {
  const place = (value: number) => (logarithmic ? Math.log10(value) : value)
  const span = place(high) - place(low)
  return (value) => from + ((place(value) - place(low)) / span) * (to - from)
}

/** With a little room above and below; the zero line where it is near. */
function rangeOf(series: readonly Series[], logarithmic: boolean): [number, number] {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y))
  const low = values.reduce((least, value) => Math.min(least, value), Infinity)
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity)
  if (logarithmic) return [low / 1.3, high * 1.3]
  const room = (high - low) * 0.06 || 1
  return [low - room, high + room]
}

/** Round numbers within the range. */
function ticks(low: number, high: number, logarithmic: boolean, wish = ticksDown): number[] {
  if (logarithmic) {
    const first = Math.ceil(Math.log10(low) - 1e-9)
    const last = Math.floor(Math.log10(high) + 1e-9)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => 10 ** (first + n))
  }
  const rough = (high - low) / wish
  const decade = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * decade).find((one) => one >= rough) ?? rough
  const found: number[] = []
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++)
    found.push(n * step)
  return found
}

function number(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function px(value: number): string {
  // no minus before a zero
  return String(Math.round(value * 10) / 10 + 0)
}
