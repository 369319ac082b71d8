/**
 * Both ends of a connection as a slave has them: C-CON, the new-data toggle, the counter, tolerated losses.
 * A producer that ends in order stays ready and sets flow control: CoSeMa CSMD_CYCLIC.c, CSMD_CYC_PRIV.c.
 * States as in CoSeMa CSMD_GLOB.h: 0 to 3 and 7 were seen as numbers, 4 and 5 follow the order there (inferred).
 * S-0-1050.x.9 shows them.
 */
import type { Parameter } from './parameter.ts'
import { readWord, writeWord } from './telegram-word.ts'

export const consumerState = {
  init: 0,
  prepare: 1,
  waiting: 2,
  consuming: 3,
  stopped: 4,
  warning: 5,
  error: 7,
} as const

export const producerState = { init: 0, prepare: 1, ready: 2, producing: 3 } as const

const ready = 1
const toggle = 2
const flowControl = 1 << 4
const counterShift = 12
const counterMask = 15 << counterShift
const cConBytes = 2

/** Where a connection lies and what it carries, as the master configured it. */
export type ConnectionLayout = {
  readonly telegram: number
  readonly offset: number
  /** C-CON included. */
  readonly bytes: number
  readonly contents: readonly Parameter[]
  /** Sercos cycles from one production to the next. */
  readonly period: number
  readonly allowedLosses: number
  /** False: the master asked for no monitoring. */
  readonly monitored: boolean
}

export class Consumer {
  readonly layout: ConnectionLayout
  state: number = consumerState.prepare
  /** Last C-CON received. */
  cCon = 0
  /** New data came in this cycle. */
  fresh = false
  private lastToggle = 0
  private cyclesSince = 0
  private losses = 0
  /** Productions that did not come since CP4 began. */
  totalLosses = 0

  constructor(layout: ConnectionLayout) {
    this.layout = layout
  }

  /** CP4 begins, or an error was cleared. The producer's first production has the toggle set. */
  start(): void {
    this.state = consumerState.prepare
    this.lastToggle = 0
    this.losses = 0
    this.cyclesSince = 0
    this.fresh = false
  }

  /** The MDT that holds the connection passed. Cyclic. */
  receive(mdt: Uint8Array): void {
    const { offset, bytes, contents } = this.layout
    if (mdt.length < offset + bytes) return
    this.cCon = readWord(mdt, offset)
    if (!this.expectsData()) return
    this.lastToggle = this.cCon & toggle
    this.fresh = true
    this.state = consumerState.consuming
    let at = offset + cConBytes
    for (const parameter of contents) {
      for (let k = 0; k < parameter.length; k++) parameter.bytes[k] = mdt[at + k] as number
      at += parameter.length
    }
  }

  /** Takes the step that C-CON asks for; true when it brings data. As CoSeMa CSMD_CYC_PRIV.c has it. Cyclic. */
  private expectsData(): boolean {
    const { cCon } = this
    const isReady = (cCon & ready) !== 0
    const flows = (cCon & flowControl) === 0
    switch (this.state) {
      case consumerState.error:
        return false
      case consumerState.stopped:
        if (isReady && flows) this.state = consumerState.prepare
        return false
      case consumerState.prepare:
      case consumerState.waiting:
        this.state = isReady ? consumerState.waiting : consumerState.prepare
    }
    if (!isReady) return false
    if (!flows) {
      this.state = consumerState.stopped
      return false
    }
    // the first production may have either toggle; a counter tells it from a producer that is ready only
    if (this.state === consumerState.waiting) return (cCon & (toggle | counterMask)) !== 0
    return (cCon & toggle) !== this.lastToggle
  }

  /** Counts a production that did not come. Cyclic. */
  endOfCycle(): void {
    if (this.fresh) {
      this.losses = 0
      this.cyclesSince = 0
      return
    }
    if (this.state !== consumerState.consuming && this.state !== consumerState.warning) return
    this.cyclesSince++
    if (this.cyclesSince < this.layout.period) return
    this.cyclesSince = 0
    this.losses++
    this.totalLosses++
    this.state = consumerState.warning
    if (this.layout.monitored && this.losses > this.layout.allowedLosses)
      this.state = consumerState.error
  }
}

export class Producer {
  readonly layout: ConnectionLayout
  state: number = producerState.prepare
  cCon = 0
  /** Fault: the new-data bit stands still. */
  stuck = false
  private readonly image: Uint8Array
  private countdown = 0

  constructor(layout: ConnectionLayout) {
    this.layout = layout
    this.image = new Uint8Array(layout.bytes)
  }

  /** CP4 begins. */
  start(): void {
    this.state = producerState.ready
    this.cCon = 0
    this.countdown = 0
  }

  /** Takes the contents when a production is due; once a cycle, before the first AT passes. Cyclic. */
  produce(): void {
    if (this.countdown > 0) {
      this.countdown--
      return
    }
    this.countdown = this.layout.period - 1
    this.state = producerState.producing
    const counter = ((this.cCon >>> counterShift) + 1) & 15
    const flip = this.stuck ? 0 : toggle
    this.cCon = ((this.cCon & toggle) ^ flip) | ready | (counter << counterShift)
    writeWord(this.image, 0, this.cCon)
    let at = cConBytes
    for (const parameter of this.layout.contents) {
      for (let k = 0; k < parameter.length; k++) this.image[at + k] = parameter.bytes[k] as number
      at += parameter.length
    }
  }

  /** Puts the last production into the AT that holds the connection. Cyclic. */
  insert(at: Uint8Array): void {
    const { offset, bytes } = this.layout
    if (at.length < offset + bytes) return
    for (let k = 0; k < bytes; k++) at[offset + k] = this.image[k] as number
  }
}
