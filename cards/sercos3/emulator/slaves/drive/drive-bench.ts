/** For the drives' tests: one drive on the test master's ring, its command words set by hand. */
import { extract } from '../../../../../uio/bit-field.ts'
import { idn } from '../../../idn.ts'
import { driveStatus } from '../../../drive-words.ts'
import type { SlaveObservation } from '../../slave.ts'
import { type Offsets, RingBench } from '../ring-bench.ts'
import { readLong, readWord } from '../telegram-word.ts'

/** Drive on, enable, restart. */
export const on = 0xe000
export const unit = 10_000
export const af = 3

/** One drive in CP4, its command words set by hand. */
export class DriveBench extends RingBench {
  constructor(shaft: 'rigid' | 'elastic' = 'rigid') {
    super([{ profile: 'drive', shaft }])
    this.mstLosses = 3
    this.allowedLosses = 3
  }

  control134(word: number): void {
    this.setCommand(0, 0, word, 2)
  }

  velocityCommand(value: number): void {
    this.setCommand(0, 2, value, 4)
  }

  positionCommand(value: number): void {
    this.setCommand(0, 6, value, 4)
  }

  get at(): Uint8Array {
    return (this.p.at[0] as Uint8Array).subarray((this.offsets[0] as Offsets).at)
  }

  get status(): number {
    return readWord(this.at, 2)
  }

  get ready(): number {
    return extract(this.status, driveStatus.ready)
  }

  get failed(): boolean {
    return extract(this.status, driveStatus.error) === 1
  }

  get velocity(): number {
    return readLong(this.at, 4)
  }

  get position(): number {
    return readLong(this.at, 8)
  }

  get torque(): number {
    return (readWord(this.at, 12) << 16) >> 16
  }

  get class1(): number {
    return this.read(0, idn('S-0-0011'))
  }

  enable(): void {
    this.positionCommand(this.position)
    this.control134(on)
    this.cycle(100)
    if (this.ready !== af) throw new Error(`the drive stays at ${this.ready}`)
  }

  /** Moves at constant speed, `perCycle` increments, with feed-forward. */
  travel(perCycle: number, cycles: number): void {
    let command = this.position
    this.velocityCommand((perCycle / this.dtS / 10) | 0)
    for (let k = 0; k < cycles; k++) {
      command += perCycle
      this.positionCommand(command)
      this.cycle()
    }
  }
}

export function inCp4(configure: (bench: DriveBench) => void = () => {}): DriveBench {
  const bench = new DriveBench()
  bench.runUp(2)
  configure(bench)
  bench.configure(0)
  bench.command(0, idn('S-0-0127'))
  bench.switchTo(3)
  bench.command(0, idn('S-0-0128'))
  bench.switchTo(4, 1)
  return bench
}

export function enabled(configure?: (bench: DriveBench) => void): DriveBench {
  const bench = inCp4(configure)
  bench.enable()
  return bench
}

export function observed(bench: DriveBench): SlaveObservation {
  const now = bench.slaves[0]?.observation
  if (now === undefined) throw new Error('no drive')
  return now
}
