/** One client's use of the card: what each command does. No socket here: commands in, answers out. */
import { ConfigSpace } from './config-space.ts'
import { describeDevice, describeIrq, describeRegion } from './device-info.ts'
import { DmaTable, type ShareMemory } from './dma-table.ts'
import { GuestMemory } from './guest-memory.ts'
import { InterruptLine } from './interrupt-line.ts'
import { MessageInterrupt } from './message-interrupt.ts'
import type { PciCard } from './pci-card.ts'
import { command, emptyAnswer, errno, headerFlag, pciIrq } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'
import { readRegion, writeRegion } from './region-access.ts'
import { setIrqs, type Vector } from './set-irqs.ts'
import { negotiateVersion } from './version.ts'

/** What a session needs of the operating system. */
export type SessionCalls = {
  /** Adds 1 to an eventfd. */
  readonly signal: (fd: number) => void
  readonly closeFd: (fd: number) => void
  readonly shareMemory: ShareMemory
}

export class Session {
  readonly line: InterruptLine
  readonly messages: MessageInterrupt
  readonly dma: DmaTable
  /** The card's way to guest memory. */
  readonly bus: GuestMemory
  readonly #card: PciCard
  readonly #config: ConfigSpace
  readonly #calls: SessionCalls
  #negotiated = false

  constructor(card: PciCard, calls: SessionCalls) {
    this.#card = card
    this.#config = new ConfigSpace(card)
    this.#calls = calls
    this.line = new InterruptLine(calls.signal)
    this.messages = new MessageInterrupt(calls.signal)
    this.dma = new DmaTable(calls.shareMemory)
    this.bus = new GuestMemory(this.dma, this.#config)
    card.attachBus?.(this.bus)
  }

  /** Carries a command out. Takes over its descriptors. Never throws for what a client sends. */
  handle(request: Request, nowNs: number): Answer {
    if (request.command === command.deviceSetIrqs && this.#negotiated)
      return setIrqs(request, {
        at: (index) => this.#vector(index, nowNs),
        closeFd: this.#calls.closeFd,
      })
    try {
      if ((request.flags & headerFlag.typeMask) !== 0) return { errno: errno.EINVAL }
      if (request.command === command.version) return this.#version(request)
      return this.#negotiated ? this.#handle(request) : { errno: errno.EINVAL }
    } finally {
      request.fds.forEach(this.#calls.closeFd)
    }
  }

  /** Passes the card's level on. After every command and every tick of the card. */
  update(nowNs: number): void {
    const level = this.#card.interrupt
    if (this.messages.connected) this.messages.update(level)
    else this.line.update(level && !this.#config.interruptDisabled, nowNs)
  }

  /** The client is gone: nothing of it stays. The card itself goes on. */
  end(): void {
    this.#negotiated = false
    this.bus.ask = undefined
    this.bus.maxTransferBytes = 0
    this.dma.clear()
    for (const interrupt of [this.line, this.messages]) {
      const eventFd = interrupt.connect(undefined)
      if (eventFd !== undefined) this.#calls.closeFd(eventFd)
    }
  }

  #handle(request: Request): Answer {
    switch (request.command) {
      case command.dmaMap:
        return this.dma.map(request, request.fds[0])
      case command.dmaUnmap:
        return this.dma.unmap(request)
      case command.deviceGetInfo:
        return describeDevice()
      case command.deviceGetRegionInfo:
        return describeRegion(request, this.#card)
      case command.deviceGetIrqInfo:
        return describeIrq(request, this.#card.msiVectors ?? 0)
      case command.regionRead:
        // QEMU keeps its line up until the interrupt is ended, whatever the card does: so must the status be
        this.#config.interruptStatus = this.#card.interrupt || this.line.masked
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
    const { answer, maxTransferBytes } = negotiateVersion(request)
    this.#negotiated = 'body' in answer
    this.bus.maxTransferBytes = maxTransferBytes
    return answer
  }

  #reset(): Answer {
    this.#card.reset()
    this.#config.reset()
    return emptyAnswer
  }

  #vector(index: number, nowNs: number): Vector | undefined {
    const { line, messages } = this
    if (index === pciIrq.intx)
      return {
        connect: (fd) => line.connect(fd),
        trigger: () => line.trigger(),
        mask: () => line.mask(),
        unmask: () => {
          line.unmask(this.#card.interrupt && !this.#config.interruptDisabled, nowNs)
        },
      }
    if (index !== pciIrq.msi || (this.#card.msiVectors ?? 0) === 0) return undefined
    return { connect: (fd) => messages.connect(fd), trigger: () => messages.trigger() }
  }
}
