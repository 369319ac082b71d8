/**
 * The cables and who is at their ends. Cable n leads to device n, seen from the master's port 1; the last cable leads from the last device to
 * port 2. A line lacks the last one, a line at port 2 the first.
 */

/** How the cables are laid: a ring, or a line at the master's port 1 or port 2. */
export type Topology = 'ring' | 'line' | 'linePort2'

export class Cables {
  readonly devices: number
  readonly #laid: Uint8Array
  readonly #whole: Uint8Array
  readonly #present: Uint8Array

  constructor(devices: number, topology: Topology) {
    this.devices = devices
    this.#laid = new Uint8Array(devices + 1).fill(1)
    if (topology === 'line') this.#laid[devices] = 0
    if (topology === 'linePort2') this.#laid[0] = 0
    this.#whole = this.#laid.slice()
    this.#present = new Uint8Array(devices).fill(1)
  }

  /** Pulls cable `n` out; numbers beyond the last mean the last. */
  cut(n: number): void {
    this.#whole[Math.min(Math.max(n, 0), this.devices)] = 0
  }

  /** Plugs cable `n` in again; left out: every cable. One that was never laid stays away. */
  mend(n?: number): void {
    if (n === undefined) this.#whole.set(this.#laid)
    else if (n >= 0 && n <= this.devices) this.#whole[n] = this.#laid[n] as number
  }

  setPresent(device: number, present: boolean): void {
    if (device >= 0 && device < this.devices) this.#present[device] = present ? 1 : 0
  }

  present(device: number): boolean {
    return this.#present[device] === 1
  }

  /** Cable `n` connects two that are switched on. Cyclic. */
  link(n: number): boolean {
    if (this.devices === 0 || this.#whole[n] !== 1) return false
    const before = n === 0 || this.#present[n - 1] === 1
    return before && (n === this.devices || this.#present[n] === 1)
  }
}
