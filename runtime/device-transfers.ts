/**
 * The main thread's side of one device's mailbox: transfers wait here for their turn, bounded; each is a promise that
 * settles when the worker has answered, or when nobody will. Nothing here blocks or polls: `settle` is called whenever the
 * machine drains its rings.
 */
import { mailboxState, slotWord } from '../cards/sercos3/driver/service/service-mailbox.ts'
import type { ServiceMailboxes } from '../cards/sercos3/driver/service/service-mailbox.ts'
import { svcFailure } from '../cards/sercos3/driver/service/service-codes.ts'
import { formatIdn } from '../cards/sercos3/idn.ts'
import { DualportError } from '../errors.ts'

/** Transfers that may wait for the one under way. */
export const mostWaiting = 1000
/** Without a step in this time the worker is taken to have forgotten a transfer; a device may be busy for 2 s. */
const patienceMs = 10_000
const elements = 8

export type TransferRequest = {
  /** One of svcJob. */
  readonly kind: number
  readonly idn: number
  /** To read: bit n for element n. */
  readonly elements?: number
  /** To write. */
  readonly bytes?: Uint8Array
}

/** How a transfer ended: what was read even where some elements were refused. */
export type TransferAnswer = {
  /** One of svcFailure: none, refused, or what else the device did. */
  readonly failure: number
  readonly errorCode: number
  readonly attribute: number
  /** For messages: device, phase, IDN. */
  readonly at: string
  /** Bytes per element, undefined where none were read. */
  readonly read: readonly (Uint8Array | undefined)[]
  /** The device's code per element, 0: none. */
  readonly refusals: readonly number[]
}

export type TransferWatch = {
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Of a command: its acknowledgement, at every settling. Whoever throws here ends the transfer. */
  readonly onMove?: ((dataStatus: number, nowMs: number) => void) | undefined
}

type Transfer = {
  readonly request: TransferRequest
  readonly watch: TransferWatch
  readonly deadlineMs: number
  /** Why it is to end, once it is. */
  ending: unknown
  isEnding: boolean
  steps: number
  movedMs: number
  readonly resolve: (answer: TransferAnswer) => void
  readonly reject: (reason: unknown) => void
}

export class DeviceTransfers {
  readonly #mailboxes: ServiceMailboxes
  readonly #device: number
  /** Milliseconds of a steady clock. */
  readonly #now: () => number
  /** `x (address 3)`. */
  readonly #name: string
  readonly #waiting: Transfer[] = []
  #underWay: Transfer | undefined
  #refusal: DualportError | undefined

  constructor(mailboxes: ServiceMailboxes, device: number, name: string, now: () => number) {
    this.#mailboxes = mailboxes
    this.#now = now
    this.#device = device
    this.#name = name
  }

  /** Resolves also where the device refused. Rejects with DP_SERCOS3_SVC_QUEUE, _PHASE, _TIMEOUT, the signal's reason. */
  run(request: TransferRequest, watch: TransferWatch): Promise<TransferAnswer> {
    const at = this.at(request.idn)
    const reason = this.#whyNot(at, watch.signal)
    if (reason !== undefined) return Promise.reject(reason)
    const nowMs = this.#now()
    const { promise, resolve, reject } = Promise.withResolvers<TransferAnswer>()
    const transfer: Transfer = {
      request,
      watch,
      deadlineMs: nowMs + (watch.timeoutMs ?? Infinity),
      ending: undefined,
      isEnding: false,
      steps: -1,
      movedMs: nowMs,
      resolve,
      reject,
    }
    const abort = () => this.#abort(transfer, watch.signal?.reason)
    watch.signal?.addEventListener('abort', abort, { once: true })
    this.#waiting.push(transfer)
    this.#next(nowMs)
    return promise.finally(() => watch.signal?.removeEventListener('abort', abort))
  }

  /** Takes what the worker answered and gives it the next. */
  settle(): void {
    if (this.#underWay === undefined && this.#waiting.length === 0) return
    const nowMs = this.#now()
    const transfer = this.#underWay
    if (transfer !== undefined) this.#look(transfer, nowMs)
    for (const one of this.#waiting.filter(({ deadlineMs }) => nowMs > deadlineMs))
      this.#withdraw(one, this.#tooLate(one))
    if (this.#mailboxes.open === 0) this.#dropWaiting()
    this.#next(nowMs)
  }

  /** From now on everything rejects with `error`; what waits or is under way as well. */
  refuse(error: DualportError): void {
    this.#refusal = error
    for (const transfer of this.#waiting.splice(0)) transfer.reject(error)
    this.#underWay?.reject(error)
    this.#underWay = undefined
  }

  /** `x (address 3), CP4, S-0-0051`. */
  at(idn: number, phase = this.#mailboxes.open): string {
    const where = phase === 0 ? this.#name : `${this.#name}, CP${phase}`
    return `${where}, ${formatIdn(idn)}`
  }

  #whyNot(at: string, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return signal.reason
    if (this.#refusal !== undefined) return this.#refusal
    if (this.#mailboxes.open === 0) return new DualportError('DP_SERCOS3_SVC_PHASE', { at })
    if (this.#waiting.length < mostWaiting) return undefined
    return new DualportError('DP_SERCOS3_SVC_QUEUE', { at, expected: `at most ${mostWaiting}` })
  }

  #next(nowMs: number): void {
    if (this.#underWay !== undefined) return
    // a transfer that was given up may still lie in the slot
    this.#mailboxes.pass(this.#device, mailboxState.ended, mailboxState.free)
    const [transfer] = this.#waiting
    if (transfer === undefined) return
    if (this.#mailboxes.state(this.#device) !== mailboxState.free) {
      if (nowMs - transfer.movedMs > patienceMs) this.#withdraw(transfer, this.#tooLate(transfer))
      return
    }
    this.#waiting.shift()
    this.#underWay = transfer
    transfer.movedMs = nowMs
    const { kind, idn, elements: wanted = 0, bytes } = transfer.request
    const slot = this.#mailboxes.slot(this.#device)
    slot[slotWord.kind] = kind
    slot[slotWord.idn] = idn | 0
    slot[slotWord.elements] = wanted
    slot[slotWord.bytes] = bytes?.length ?? 0
    slot[slotWord.steps] = 0
    slot[slotWord.dataStatus] = 0
    if (bytes !== undefined) this.#mailboxes.data(this.#device).set(bytes)
    this.#mailboxes.post(this.#device)
  }

  #look(transfer: Transfer, nowMs: number): void {
    const state = this.#mailboxes.state(this.#device)
    if (state === mailboxState.ended) {
      this.#take(transfer)
      return
    }
    // posted when the worker had closed already: it will not look again
    const closed = this.#mailboxes.open === 0
    if (closed && this.#mailboxes.pass(this.#device, mailboxState.posted, mailboxState.free)) {
      this.#underWay = undefined
      transfer.reject(
        transfer.ending ??
          new DualportError('DP_SERCOS3_SVC_PHASE', { at: this.at(transfer.request.idn) }),
      )
      return
    }
    const slot = this.#mailboxes.slot(this.#device)
    const steps = Atomics.load(slot, slotWord.steps)
    if (steps !== transfer.steps) {
      transfer.steps = steps
      transfer.movedMs = nowMs
    }
    try {
      transfer.watch.onMove?.(Atomics.load(slot, slotWord.dataStatus), nowMs)
    } catch (error) {
      this.#abort(transfer, error)
    }
    if (nowMs > transfer.deadlineMs) this.#abort(transfer, this.#tooLate(transfer))
    if (nowMs - transfer.movedMs > patienceMs) {
      this.#mailboxes.cancel(this.#device)
      this.#underWay = undefined
      transfer.reject(transfer.ending ?? this.#tooLate(transfer))
    }
  }

  #take(transfer: Transfer): void {
    const answer = this.#answer(transfer.request.idn)
    this.#mailboxes.pass(this.#device, mailboxState.ended, mailboxState.free)
    this.#underWay = undefined
    if (answer.failure === svcFailure.cancelled) transfer.reject(transfer.ending)
    else transfer.resolve(answer)
  }

  #answer(idn: number): TransferAnswer {
    const slot = this.#mailboxes.slot(this.#device)
    const data = this.#mailboxes.data(this.#device)
    const word = (at: number) => slot[at] as number
    const of = (block: number, n: number) => word(slotWord.results + block * elements + n)
    const all = Array.from({ length: elements }, (_, n) => n)
    return {
      failure: word(slotWord.failure),
      errorCode: word(slotWord.errorCode),
      attribute: word(slotWord.attribute) >>> 0,
      at: this.at(idn, word(slotWord.phase)),
      read: all.map((n) => (of(0, n) < 0 ? undefined : data.slice(of(2, n), of(2, n) + of(0, n)))),
      refusals: all.map((n) => of(1, n)),
    }
  }

  /** The worker is told where it has the transfer; then its answer ends it. */
  #abort(transfer: Transfer, reason: unknown): void {
    if (this.#underWay !== transfer) {
      this.#withdraw(transfer, reason)
      return
    }
    if (transfer.isEnding) return
    transfer.isEnding = true
    transfer.ending = reason
    this.#mailboxes.cancel(this.#device)
  }

  #withdraw(transfer: Transfer, reason: unknown): void {
    const at = this.#waiting.indexOf(transfer)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    transfer.reject(reason)
  }

  #dropWaiting(): void {
    for (const transfer of this.#waiting.splice(0)) {
      const at = this.at(transfer.request.idn)
      transfer.reject(new DualportError('DP_SERCOS3_SVC_PHASE', { at }))
    }
  }

  #tooLate({ request, watch }: Transfer): DualportError {
    const { timeoutMs = patienceMs } = watch
    return new DualportError('DP_SERCOS3_SVC_TIMEOUT', {
      at: this.at(request.idn),
      actual: `not done after ${timeoutMs / 1000} s`,
    })
  }
}
