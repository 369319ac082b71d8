/** How far a long transfer is: one line on standard error, where that is a terminal. */
const redrawMs = 100

export class ProgressLine {
  readonly #out: NodeJS.WriteStream
  readonly #parts = new Map<string, string>()
  #drawnMs = -redrawMs

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out
  }

  /** `done` of `all` at a device. */
  show(device: string, done: number, all: number): void {
    if (!this.#out.isTTY) return
    if (done === all) this.#parts.delete(device)
    else this.#parts.set(device, `${device} ${done}/${all}`)
    const now = performance.now()
    if (now - this.#drawnMs < redrawMs) return
    this.#drawnMs = now
    const line = [...this.#parts.values()].join('  ').slice(0, (this.#out.columns || 80) - 1)
    this.#out.write(`\r\u001B[K${line}`)
  }

  clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001B[K')
  }
}
