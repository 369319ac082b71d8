/** A device's parameters as the application holds them, see Device. */
import { serviceError } from '../cards/sercos3/driver/service/service-failure.ts'
import { svcFailure, svcJob } from '../cards/sercos3/driver/service/service-codes.ts'
import type { ServiceMailboxes } from '../cards/sercos3/driver/service/service-mailbox.ts'
import { decodeAttribute, decodeData, decodeText, encodeData } from '../cards/sercos3/idn-data.ts'
import type { IdnAttribute, IdnValue } from '../cards/sercos3/idn-data.ts'
import { formatIdn } from '../cards/sercos3/idn.ts'
import type { IdnText } from '../cards/sercos3/idn.ts'
import { isAbsence, svcErrorText } from '../cards/sercos3/svc-errors.ts'
import { commandStatus, svcElement } from '../cards/sercos3/telegram.ts'
import { DualportError } from '../errors.ts'
import { DeviceTransfers } from './device-transfers.ts'
import type { TransferAnswer, TransferRequest, TransferWatch } from './device-transfers.ts'
import type {
  CommandOptions,
  CommandProgress,
  Device,
  DeviceDump,
  DumpOptions,
  IdnElement,
  IdnInfo,
  RestoreOutcome,
  TransferOptions,
} from './device-types.ts'
import { dumpDevice } from './dump-device.ts'
import { idnNumber } from './idn-number.ts'
import { restoreDevice } from './restore-device.ts'
import type { DeviceFile } from './machine-file/schema.ts'

const commandTimeoutMs = 60_000
/** An application hears of a command at least this often. */
const progressMs = 1000
const idnList = 'S-0-0017'
const bit = (element: number) => 1 << element
const infoElements =
  bit(svcElement.name) |
  bit(svcElement.attribute) |
  bit(svcElement.unit) |
  bit(svcElement.minimum) |
  bit(svcElement.maximum)

/** What a description says beside what it says to everybody: for those who write back. */
export type DescribedIdn = {
  readonly info: IdnInfo
  /** The data as they are in the device. */
  readonly bytes: Uint8Array | undefined
}

export class DeviceHandle implements Device {
  readonly name: string
  readonly address: number
  readonly profile: DeviceFile['profile']
  readonly #transfers: DeviceTransfers
  readonly #mailboxes: ServiceMailboxes
  readonly #now: () => number

  constructor(
    mailboxes: ServiceMailboxes,
    index: number,
    file: DeviceFile,
    now = () => performance.now(),
  ) {
    this.name = file.name
    this.address = file.address
    this.profile = file.profile
    this.#mailboxes = mailboxes
    const name = `${file.name} (address ${file.address})`
    this.#now = now
    this.#transfers = new DeviceTransfers(mailboxes, index, name, now)
  }

  async read(
    idn: IdnText,
    options: TransferOptions & { readonly element?: IdnElement } = {},
  ): Promise<IdnValue> {
    const { element = 'data' } = options
    const number = svcElement[element]
    if (number === undefined) throw new DualportError('DP_SERCOS3_IDN', { at: element })
    const id = idnNumber(idn)
    const request = { kind: svcJob.read, idn: id, elements: bit(number) }
    const answer = await this.#run(request, options)
    const bytes = answer.read[number] ?? new Uint8Array()
    if (element === 'name' || element === 'unit') return decodeText(bytes)
    if (element === 'attribute') return answer.attribute
    const attribute = decodeAttribute(answer.attribute)
    return decodeData(element === 'data' ? attribute : oneItem(attribute), bytes, answer.at)
  }

  async write(idn: IdnText, value: IdnValue, options: TransferOptions = {}): Promise<void> {
    const id = idnNumber(idn)
    const elements = bit(svcElement.attribute)
    const answer = await this.#run({ kind: svcJob.read, idn: id, elements }, options)
    const attribute = decodeAttribute(answer.attribute)
    if (attribute.command)
      throw new DualportError('DP_SERCOS3_VALUE', {
        at: answer.at,
        actual: 'a procedure command',
        todo: 'Run it with device.command.',
      })
    const bytes = encodeData(attribute, value, answer.at)
    await this.#run({ kind: svcJob.write, idn: id, bytes }, options)
  }

  async command(idn: IdnText, options: CommandOptions = {}): Promise<void> {
    const { onProgress, timeoutMs = commandTimeoutMs, signal } = options
    const request = { kind: svcJob.command, idn: idnNumber(idn) }
    const onMove = onProgress && progressOf(onProgress, this.#now())
    await this.#run(request, { timeoutMs, signal, onMove })
  }

  async info(idn: IdnText, options: TransferOptions = {}): Promise<IdnInfo> {
    return (await this.#describe(idn, infoElements, options)).info
  }

  async describe(idn: IdnText, options: TransferOptions = {}): Promise<IdnInfo> {
    return (await this.describeBytes(idn, options)).info
  }

  async list(options: TransferOptions = {}): Promise<IdnText[]> {
    const request = {
      kind: svcJob.read,
      idn: idnNumber(idnList),
      elements: bit(svcElement.data),
    }
    const { read } = await this.#run(request, options)
    const bytes = read[svcElement.data] ?? new Uint8Array()
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    return Array.from(
      { length: bytes.length >> 2 },
      (_, n) => formatIdn(view.getUint32(4 * n, true)) as IdnText,
    )
  }

  dump(options: DumpOptions = {}): Promise<DeviceDump> {
    return dumpDevice(this, options)
  }

  restore(dump: DeviceDump, options: DumpOptions = {}): Promise<RestoreOutcome[]> {
    return restoreDevice(this, dump, options)
  }

  /** Phase in which the service channels are served, 0 where they are not. */
  get openPhase(): number {
    return this.#mailboxes.open
  }

  /** As `describe`, with the raw data. */
  describeBytes(idn: IdnText, options: TransferOptions = {}): Promise<DescribedIdn> {
    return this.#describe(idn, infoElements | bit(svcElement.data), options)
  }

  /** Writes raw data. Answers the device's code where it refused, 0 where it took them. */
  async writeBytes(idn: IdnText, bytes: Uint8Array, options: TransferOptions): Promise<number> {
    const request = { kind: svcJob.write, idn: idnNumber(idn), bytes }
    const answer = await this.#transfers.run(request, options)
    if (answer.failure === svcFailure.refused) return answer.errorCode
    throwIfFailed(answer)
    return 0
  }

  /** For messages: `x (address 3), CP4, S-0-0051`. */
  at(idn: IdnText): string {
    return this.#transfers.at(idnNumber(idn))
  }

  settle(): void {
    this.#transfers.settle()
  }

  /** See DeviceTransfers.refuse. */
  refuse(error: DualportError): void {
    this.#transfers.refuse(error)
  }

  async #describe(idn: IdnText, elements: number, options: TransferOptions): Promise<DescribedIdn> {
    const answer = await this.#run({ kind: svcJob.read, idn: idnNumber(idn), elements }, options)
    const attribute = decodeAttribute(answer.attribute)
    return { info: infoOf(idn, attribute, answer), bytes: answer.read[svcElement.data] }
  }

  async #run(request: TransferRequest, watch: TransferWatch): Promise<TransferAnswer> {
    const answer = await this.#transfers.run(request, watch)
    throwIfFailed(answer)
    return answer
  }
}

function throwIfFailed({ failure, errorCode, at }: TransferAnswer): void {
  if (failure !== svcFailure.none) throw serviceError(failure, errorCode, at)
}

function infoOf(idn: IdnText, attribute: IdnAttribute, answer: TransferAnswer): IdnInfo {
  const { read, refusals, at } = answer
  const { name, unit, minimum, maximum, data } = svcElement
  const bound = (element: number) => {
    const bytes = read[element]
    return bytes && decodeData(oneItem(attribute), bytes, at)
  }
  const low = bound(minimum)
  const high = bound(maximum)
  const unitBytes = read[unit]
  const bytes = read[data]
  const refusal = refusals[data] ?? 0
  return {
    idn,
    name: decodeText(read[name] ?? new Uint8Array()),
    attribute,
    ...(unitBytes !== undefined && unitBytes.length > 0 && { unit: decodeText(unitBytes) }),
    ...(low !== undefined && { minimum: low }),
    ...(high !== undefined && { maximum: high }),
    ...(bytes !== undefined && { value: decodeData(attribute, bytes, at) }),
    ...(refusal !== 0 && !isAbsence(refusal) && { refused: svcErrorText(refusal) }),
  }
}

/** Minimum and maximum of a list are those of an item. */
function oneItem(attribute: IdnAttribute): IdnAttribute {
  return attribute.list ? { ...attribute, list: false } : attribute
}

const acknowledgements: ReadonlyMap<number, CommandProgress['acknowledgement']> = new Map(
  Object.entries(commandStatus).map(([name, code]) => [code, name as keyof typeof commandStatus]),
)

function progressOf(
  tell: (progress: CommandProgress) => void,
  startMs: number,
): (dataStatus: number, nowMs: number) => void {
  let told = -1
  let toldMs = startMs
  return (dataStatus, nowMs) => {
    const acknowledgement = acknowledgements.get(dataStatus)
    if (acknowledgement === undefined) return
    if (dataStatus === told && nowMs - toldMs < progressMs) return
    told = dataStatus
    toldMs = nowMs
    tell({ acknowledgement, elapsedMs: nowMs - startMs })
  }
}
