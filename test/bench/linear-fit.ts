/** A straight line through points, by least squares. */
export type Line = {
  readonly slope: number
  readonly offset: number
  /** Share of the variance that the line explains; 1: all. */
  readonly r2: number
}

export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const sum = (of: (dx: number, dy: number) => number) =>
    points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0)
  const slope = sum((dx, dy) => dx * dy) / sum((dx) => dx * dx)
  const unexplained = sum((dx, dy) => (dy - slope * dx) ** 2)
  return { slope, offset: meanY - slope * meanX, r2: 1 - unexplained / sum((_, dy) => dy * dy) }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2
}
