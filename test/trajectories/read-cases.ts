/** Files of cases with reference durations; test/reference/trajectories/README.md tells their form. */
import { symmetricLimits, type AxisCase } from './trajectory-case.ts'

export type ReferenceCase = {
  readonly axes: readonly AxisCase[]
  /** Shortest duration of each axis alone, s. */
  readonly alone: readonly number[]
  /** Shortest that all can meet, s. */
  readonly duration: number
}

const mostAxes = 6

/** Throws an error that names line and column. Numbers may be anything finite: whether they make sense is for the planner. */
export function readCases(text: string): ReferenceCase[] {
  const lines = text.split(/\r?\n/)
  const names = (lines[0] ?? '').split(',').map((name) => name.trim())
  const columns = new Map(names.map((name, column) => [name, column]))
  const cases: ReferenceCase[] = []
  for (const [n, line] of lines.entries()) {
    if (n === 0 || line.trim() === '') continue
    const row = new Row(n + 1, line.split(','), columns)
    const axes = row.number('dof')
    if (!(Number.isInteger(axes) && axes >= 1 && axes <= mostAxes))
      throw new Error(`line ${n + 1}: dof is ${axes}, expected 1 to ${mostAxes}`)
    const numbers = Array.from({ length: axes }, (_, axis) => axis)
    cases.push({
      axes: numbers.map((axis) => row.axis(axis)),
      alone: numbers.map((axis) => row.number(`tmin_${axis}`)),
      duration: row.number('duration'),
    })
  }
  if (cases.length === 0) throw new Error('no cases: expected a header line and one line for each')
  return cases
}

class Row {
  readonly #line: number
  readonly #cells: readonly string[]
  readonly #columns: ReadonlyMap<string, number>

  constructor(line: number, cells: readonly string[], columns: ReadonlyMap<string, number>) {
    this.#line = line
    this.#cells = cells
    this.#columns = columns
  }

  number(name: string): number {
    const column = this.#columns.get(name)
    if (column === undefined) throw new Error(`line 1: no column ${name}`)
    const cell = (this.#cells[column] ?? '').trim()
    const value = Number(cell)
    if (cell === '' || !Number.isFinite(value))
      throw new Error(`line ${this.#line}: ${name} is '${cell}', expected a number`)
    return value
  }

  axis(n: number): AxisCase {
    return {
      from: this.#state(0, n),
      to: this.#state(1, n),
      limits: symmetricLimits(
        this.number(`vmax_${n}`),
        this.number(`amax_${n}`),
        this.number(`jmax_${n}`),
      ),
    }
  }

  #state(end: 0 | 1, n: number) {
    return {
      position: this.number(`p${end}_${n}`),
      velocity: this.number(`v${end}_${n}`),
      acceleration: this.number(`a${end}_${n}`),
    }
  }
}
