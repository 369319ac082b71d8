import type { PublishRule } from '../machine-file/schema.ts'

export type GateSample<Value> = {
  readonly value: Value
  /** Cycle of the sample; -1 where there is none. */
  readonly cycle: number
  readonly timeNs: number
}

/**
 * Applies a publish rule to one signal: at most one message per interval, none for a change within the dead band, and
 * the last value of a burst is published at the interval's end, never forgotten.
 */
export class PublishGate<Value extends number | boolean> {
  readonly #rule: PublishRule
  readonly #publish: (sample: GateSample<Value>) => void
  #latest: GateSample<Value> | undefined
  #sent: GateSample<Value> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(rule: PublishRule, publish: (sample: GateSample<Value>) => void) {
    this.#rule = rule
    this.#publish = publish
  }

  offer(value: Value, cycle: number, timeNs: number): void {
    this.#latest = { value, cycle, timeNs }
    if (this.#timer === undefined) this.#publishWhenDue()
  }

  /** Publishes the newest value again: a broker may have come back without its retained messages. */
  republish(): void {
    if (this.#latest !== undefined) this.#send(this.#latest)
  }

  /** Publishes what waits for the interval's end: after that nobody corrects the retained value. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const latest = this.#latest
    if (latest !== undefined && latest !== this.#sent && this.#isDue(latest)) this.#send(latest)
  }

  #publishWhenDue(): void {
    const latest = this.#latest
    if (latest === undefined || !this.#isDue(latest)) return
    this.#send(latest)
    if (this.#rule.intervalMs === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#publishWhenDue()
    }, this.#rule.intervalMs)
    this.#timer.unref()
  }

  #send(sample: GateSample<Value>): void {
    this.#sent = sample
    this.#publish(sample)
  }

  #isDue({ value }: GateSample<Value>): boolean {
    const sent = this.#sent?.value
    if (sent === undefined || !this.#rule.onChange) return true
    if (typeof value === 'number' && typeof sent === 'number')
      return Math.abs(value - sent) > this.#rule.deadBand
    return value !== sent
  }
}
