/** One client's use of the card: what each command does. No socket here: commands in, answers out. */
import { ConfigSpace } from './config-space.ts'
import { describeDevice, describeIrq, describeRegion } from './device-info.ts'
import { DmaTable } from './dma-table.ts'
import { InterruptLine } from './interrupt-line.ts'
import type { PciCard } from './pci-card.ts'
import { command, emptyAnswer, errno, headerFlag } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'
import { readRegion, writeRegion } from './region-access.ts'
import { setIrqs } from './set-irqs.ts'
import { negotiateVersion } from './version.ts'

/** What a session needs of the operating system. */
export type SessionCalls = {
  /** Adds 1 to an eventfd. */
  readonly signal: (fd: number) => void
  readonly closeFd: (fd: number) => void
}

export class Session {
  readonly line: InterruptLine
  readonly dma = new DmaTable()
  readonly #card: PciCard
  readonly #config: ConfigSpace
  readonly #calls: SessionCalls
  #negotiated = false

  constructor(card: PciCard, calls: SessionCalls) {
    this.#card = card
    this.#config = new ConfigSpace(card)
    this.#calls = calls
    this.line = new InterruptLine(calls.signal)
  }

  /** Carries a command out. Takes over its descriptors. Never throws for what a client sends. */
  handle(request: Request, nowNs: number): Answer {
    if (request.command === command.deviceSetIrqs && this.#negotiated)
      return setIrqs(request, {
        line: this.line,
        level: this.#card.interrupt,
        nowNs,
        closeFd: this.#calls.closeFd,
      })
    request.fds.forEach(this.#calls.closeFd)
    if ((request.flags & headerFlag.typeMask) !== 0) return { errno: errno.EINVAL }
    if (request.command === command.version) return this.#version(request)
    return this.#negotiated ? this.#handle(request) : { errno: errno.EINVAL }
  }

  /** The client is gone: nothing of it stays. The card itself goes on. */
  end(): void {
    this.dma.clear()
    const eventFd = this.line.connect(undefined)
    if (eventFd !== undefined) this.#calls.closeFd(eventFd)
  }

  #handle(request: Request): Answer {
    switch (request.command) {
      case command.dmaMap:
        return this.dma.map(request)
      case command.dmaUnmap:
        return this.dma.unmap(request)
      case command.deviceGetInfo:
        return describeDevice()
      case command.deviceGetRegionInfo:
        return describeRegion(request, this.#card.bars)
      case command.deviceGetIrqInfo:
        return describeIrq(request)
      case command.regionRead:
        return readRegion(request, this.#card, this.#config)
      case command.regionWrite:
        return writeRegion(request, this.#card, this.#config)
      case command.deviceReset:
        return this.#reset()
      default:
        return { errno: errno.ENOTSUP }
    }
  }

  #version(request: Request): Answer {
    const answer = negotiateVersion(request)
    this.#negotiated = 'body' in answer
    return answer
  }

  #reset(): Answer {
    this.#card.reset()
    this.#config.reset()
    return emptyAnswer
  }
}
