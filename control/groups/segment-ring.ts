/** The segments of a path that lie ahead and those that were just passed: a ring of fixed size. Cyclic throughout. */
import { PathSegment } from './path-segment.ts'

export class SegmentRing {
  /** Segments in the ring, and how many of them, from the first on, lie behind. */
  count = 0
  behind = 0
  readonly #segments: PathSegment[] = []
  #head = 0

  constructor(coordinates: number, capacity: number) {
    for (let n = 0; n < capacity; n++) this.#segments.push(new PathSegment(coordinates))
  }

  get free(): number {
    return this.#segments.length - this.count
  }

  /** The `n`-th from the first; `count`: the place for the next one. */
  at(n: number): PathSegment {
    return this.#segments[(this.#head + n) % this.#segments.length] as PathSegment
  }

  clear(): void {
    this.count = 0
    this.behind = 0
  }

  /** The id of the command under way, 0 at the end. */
  get activeId(): number {
    return this.behind === this.count ? 0 : this.at(this.behind).id
  }

  /** The id of a command whose way lies behind, each once; 0 when there is none. */
  takePassed(): number {
    while (this.behind > 0) {
      const { id } = this.at(0)
      this.#head = (this.#head + 1) % this.#segments.length
      this.count -= 1
      this.behind -= 1
      // 0: a command that was told already that its way is dropped
      if (id !== 0 && (this.count === 0 || this.at(0).id !== id)) return id
    }
    return 0
  }

  /**
   * The id of a command with segments ahead, from the first to the last and each once; 0 when there is none left. The segments
   * stay, without an owner.
   */
  disown(): number {
    let owner = 0
    for (let n = this.behind; n < this.count; n++) {
      const segment = this.at(n)
      if (owner === 0) owner = segment.id
      if (segment.id === owner) segment.id = 0
    }
    return owner
  }
}
