/**
 * The path ahead as blocks, each with its own limits, and the speed at every end of a block from which all that follows can be
 * kept: the backward pass of look-ahead. At the ends of blocks acceleration is zero; within a block the motion is time-optimal.
 * Blocks too short to make use of limits of their own are joined, or acceleration would come to zero too often.
 */
import { SCurve } from './s-curve.ts'

const columns = 9
/** Two blocks are joined when the faster one could exceed the slower one's speed by no more than this. */
const worthwhileGain = 1.03
/** A block that is long enough for its speed keeps its acceleration and jerk up to this share. */
const tolerableLoss = 0.9
/** What rounding in the S-curve may do. */
const slack = 1 - 1e-9

export class LookAhead {
  /** What a block that is pushed gets. */
  blockEnd = 0.5
  velocity = 0.5
  feed = 0.5
  acceleration = 0.5
  jerk = 0.5
  /** The highest speed at the beginning of the block that is pushed. */
  entry = 0.5
  /** The speed that is asked for at the beginning of the block that is pushed; 0: the lower one of the feeds before and after. */
  through = 0.5
  /** Where the path is, at the least: `partRunUp` changes nothing before. */
  from = 0.5
  /** Factor on all feeds, 0 to 1. */
  override = 0.5

  /** The block under way and the one after the last. The place before `first` says where that began. */
  first = 1
  last = 1
  readonly capacity: number
  /** Where each block ends, along the path, unit. */
  readonly ends: Float64Array
  /** The speed that the axes allow, and the one that was asked for, unit/s. */
  readonly velocities: Float64Array
  readonly feeds: Float64Array
  readonly accelerations: Float64Array
  readonly jerks: Float64Array
  readonly entries: Float64Array
  readonly #throughs: Float64Array
  /** The speed at the end of each block, at the most; with the feeds by their override, too. */
  readonly exits: Float64Array
  readonly fedExits: Float64Array
  readonly #table: Float64Array
  readonly #saved: Float64Array
  #savedLast = 0
  readonly #curve = new SCurve()
  #blockLength = 0.5

  constructor(capacity: number) {
    this.capacity = capacity
    const table = new Float64Array(capacity * columns)
    const column = (n: number) => table.subarray(n * capacity, (n + 1) * capacity)
    this.#table = table
    this.#saved = new Float64Array(table.length)
    this.ends = column(0)
    this.velocities = column(1)
    this.feeds = column(2)
    this.accelerations = column(3)
    this.jerks = column(4)
    this.entries = column(5)
    this.exits = column(6)
    this.fedExits = column(7)
    this.#throughs = column(8)
    this.through = 0
    this.override = 1
    this.from = 0
    this.#blockLength = 0
    this.first = 1
    this.last = 1
  }

  /** No blocks; the path goes on from `blockEnd`. */
  clear(): void {
    this.ends[0] = this.blockEnd
    this.first = 1
    this.last = 1
  }

  /** Makes room at the end, at the cost of blocks that are passed. */
  hasRoom(blocks: number): boolean {
    if (this.last + blocks > this.capacity && this.first > 1) this.#compact()
    return this.last + blocks <= this.capacity
  }

  /** What `restore` goes back to. */
  save(): void {
    this.#saved.set(this.#table)
    this.#savedLast = this.last
  }

  restore(): void {
    this.#table.set(this.#saved)
    this.last = this.#savedLast
  }

  /** Adds the block described by the fields. */
  push(): void {
    const at = this.last
    this.ends[at] = this.blockEnd
    this.velocities[at] = this.velocity
    this.feeds[at] = this.feed
    this.accelerations[at] = this.acceleration
    this.jerks[at] = this.jerk
    this.entries[at] = this.entry
    this.#throughs[at] = this.through || Math.min(this.feed, this.feeds[at - 1] as number)
    this.last = at + 1
  }

  /** The path ends at `blockEnd` already, which lies in the block under way or later. */
  shorten(): void {
    while (this.last - 1 > this.first && (this.ends[this.last - 2] as number) >= this.blockEnd)
      this.last -= 1
    this.ends[this.last - 1] = this.blockEnd
  }

  /**
   * Parts off the end of the last block so much that speed rises from its feed to `through` there. Not where there is no room for
   * it behind `from`: then nothing happens, and `through` becomes the feed.
   */
  partRunUp(): void {
    const at = this.last - 1
    const curve = this.#curve
    curve.speed = this.feeds[at] as number
    curve.other = this.through
    curve.acceleration = this.accelerations[at] as number
    curve.jerk = this.jerks[at] as number
    curve.findWay()
    const end = this.ends[at] as number
    const begin = end - curve.way
    if (!(begin > Math.max(this.from, this.ends[at - 1] as number))) {
      this.through = curve.speed
      return
    }
    this.ends[at] = begin
    this.ends[this.last] = end
    this.velocities[this.last] = this.velocities[at] as number
    this.feeds[this.last] = this.through
    this.accelerations[this.last] = this.accelerations[at] as number
    this.jerks[this.last] = this.jerks[at] as number
    this.entries[this.last] = Infinity
    this.#throughs[this.last] = curve.speed
    this.last += 1
  }

  /** Joins blocks at the end, but none with the one under way. */
  join(): void {
    while (this.last - 2 > this.first && this.#joinable(this.last - 2)) this.#joinLast()
  }

  /** Both backward passes, from the end of the path to the end of the block under way. */
  solve(): void {
    this.exits[this.last - 1] = 0
    this.fedExits[this.last - 1] = 0
    for (let at = this.last - 1; at > this.first; at--) {
      this.#blockLength = (this.ends[at] as number) - (this.ends[at - 1] as number)
      const ceiling = Math.min(
        this.velocities[at] as number,
        this.velocities[at - 1] as number,
        this.entries[at] as number,
      )
      const feed = (this.#throughs[at] as number) * this.override
      this.#curve.speed = this.exits[at] as number
      this.#reachBack(at)
      this.exits[at - 1] = Math.min(ceiling, this.#curve.other * slack)
      this.#curve.speed = this.fedExits[at] as number
      this.#reachBack(at)
      this.fedExits[at - 1] = Math.min(ceiling, feed, this.#curve.other * slack)
    }
  }

  /**
   * The highest speed from which the block can be left with no more than the curve's speed. That need not be left with: braking
   * to rest takes a shorter way than braking to a little, because acceleration goes to 0 while the speed is low.
   */
  #reachBack(at: number): void {
    const curve = this.#curve
    this.#reach(at)
    const best = curve.other
    curve.speed = 0
    this.#reach(at)
    curve.other = Math.max(best, curve.other)
  }

  /** The highest speed at the other end of a block of `#blockLength` with the limits of `at`. */
  #reach(at: number): void {
    const curve = this.#curve
    curve.way = this.#blockLength
    curve.acceleration = this.accelerations[at] as number
    curve.jerk = this.jerks[at] as number
    curve.findSpeed()
  }

  #joinable(at: number): boolean {
    const next = at + 1
    if (this.#suffers(at, next) || this.#suffers(next, at)) return false
    const hereIsFaster = this.#setSlower(at, next)
    const curve = this.#curve
    const slower = curve.speed
    if ((this.entries[next] as number) < slower) return false
    const fast = hereIsFaster ? at : next
    this.#blockLength = (this.ends[fast] as number) - (this.ends[fast - 1] as number)
    this.#reach(fast)
    return curve.other < slower * worthwhileGain
  }

  /** The lower one of two blocks' speeds, into the curve. True: that of `next`. */
  #setSlower(at: number, next: number): boolean {
    const here = Math.min(this.velocities[at] as number, this.feeds[at] as number)
    const there = Math.min(this.velocities[next] as number, this.feeds[next] as number)
    this.#curve.speed = Math.min(here, there)
    return here > there
  }

  /** The block reaches its speed on its own and would lose acceleration or jerk. */
  #suffers(at: number, other: number): boolean {
    if (
      (this.accelerations[other] as number) >= (this.accelerations[at] as number) * tolerableLoss &&
      (this.jerks[other] as number) >= (this.jerks[at] as number) * tolerableLoss
    )
      return false
    const curve = this.#curve
    curve.speed = 0
    curve.other = Math.min(this.velocities[at] as number, this.feeds[at] as number)
    curve.acceleration = this.accelerations[at] as number
    curve.jerk = this.jerks[at] as number
    curve.findWay()
    return (this.ends[at] as number) - (this.ends[at - 1] as number) >= curve.way
  }

  #joinLast(): void {
    const from = this.last - 1
    const into = this.last - 2
    this.ends[into] = this.ends[from] as number
    this.velocities[into] = Math.min(
      this.velocities[into] as number,
      this.velocities[from] as number,
    )
    this.feeds[into] = Math.min(this.feeds[into] as number, this.feeds[from] as number)
    this.accelerations[into] = Math.min(
      this.accelerations[into] as number,
      this.accelerations[from] as number,
    )
    this.jerks[into] = Math.min(this.jerks[into] as number, this.jerks[from] as number)
    this.#throughs[into] = Math.min(this.#throughs[into] as number, this.feeds[into])
    this.last = from
  }

  /** The block before the first stays: its end is where the first one begins. */
  #compact(): void {
    const from = this.first - 1
    for (let column = 0; column < columns; column++) {
      const begin = column * this.capacity
      this.#table.copyWithin(begin, begin + from, begin + this.last)
    }
    this.last -= from
    this.first = 1
  }
}
