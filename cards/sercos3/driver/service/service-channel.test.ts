import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extract } from '../../../../uio/bit-field.ts'
import { idn } from '../../idn.ts'
import { commandStatus, svcControl, svcElement, svcStatus } from '../../telegram.ts'
import { ServiceChannel, svcFailure, svcState } from './service-channel.ts'

type Parameter = { bytes: number; list: boolean; data: Uint8Array }

/** The device's side of the handshake, byte by byte as the protocol has it; answers after `delay` cycles of busy. */
class ScriptedDevice {
  status = 1 << svcStatus.valid[1]
  info = 0
  readonly parameters = new Map<number, Parameter>()
  readonly commands: number[] = []
  commandTicks = 3
  dead = false
  refuse = 0
  delay = 0
  #delayed = 0
  #open: number | undefined
  #position = 0
  #head = false
  #command = 0
  #commandLeft = 0

  tick(control: number, info: number): void {
    if (this.#commandLeft > 0) this.#commandLeft--
    const mhs = extract(control, svcControl.handshake)
    if (this.dead || mhs === (this.status & 1)) return
    if (this.#delayed++ < this.delay) {
      this.status |= 1 << svcStatus.busy[1]
      // Busy shows with AHS equal: the step is taken, the answer is not ready yet.
      this.status = (this.status & ~1) | (this.#delayed > this.delay ? mhs : this.status & 1)
      return
    }
    this.#delayed = 0
    const code = this.#answer(control, info)
    const error = code > 0 ? 1 << svcStatus.error[1] : 0
    if (code > 0) this.info = code
    this.status = (1 << svcStatus.valid[1]) | error | mhs
  }

  /** The error code; 0: none. */
  #answer(control: number, info: number): number {
    if (this.refuse > 0) return this.refuse
    const element = extract(control, svcControl.element)
    const write = extract(control, svcControl.write) === 1
    const last = extract(control, svcControl.last) === 1
    this.info = 0
    if (element === svcElement.idn) {
      this.#open = info
      this.#position = 0
      this.#head = false
      if (!this.parameters.has(info)) return 0x1001
      this.info =
        this.#commandLeft > 0
          ? commandStatus.inProcess
          : this.#command === 3
            ? commandStatus.done
            : 0
      return 0
    }
    const parameter = this.parameters.get(this.#open ?? -1)
    if (parameter === undefined) return 0x0001
    const { bytes, list, data } = parameter
    if (element === svcElement.attribute) {
      const command = this.#open === idn('S-0-0099') ? 1 << 19 : 0
      this.info = command | (lengthCode(bytes, list) << 16)
      return 0
    }
    if (this.#open === idn('S-0-0099') && write) {
      this.commands.push(info)
      this.#command = info
      if (info === 3) this.#commandLeft = this.commandTicks
      return 0
    }
    if (list && !this.#head) {
      this.#head = true
      if (write) parameter.data = new Uint8Array(info & 0xffff)
      else this.info = data.length | (100 << 16)
      return 0
    }
    const view = Uint8Array.of(0, 0, 0, 0)
    if (write) {
      new DataView(view.buffer).setUint32(0, info, true)
      if (!list && this.#position === 0) parameter.data = new Uint8Array(bytes)
      parameter.data.set(
        view.subarray(0, Math.min(4, parameter.data.length - this.#position)),
        this.#position,
      )
    } else {
      view.set(data.subarray(this.#position, this.#position + 4))
      this.info = new DataView(view.buffer).getUint32(0, true)
    }
    this.#position += 4
    const end = this.#position >= parameter.data.length
    return last === end ? 0 : write ? 0x7002 : 0x7003
  }
}

function lengthCode(bytes: number, list: boolean): number {
  return Math.log2(bytes) + (list ? 4 : 0)
}

/** One Sercos cycle: the device sees what the master sent before, the master what the device answered. */
function run(channel: ServiceChannel, device: ScriptedDevice, cycles = 3000): number {
  for (let cycle = 1; cycle <= cycles; cycle++) {
    device.tick(channel.control, ((channel.infoHigh << 16) | channel.infoLow) >>> 0)
    channel.advance(device.status, device.info & 0xffff, device.info >>> 16)
    if (channel.state !== svcState.running) return cycle
  }
  return cycles
}

const target = idn('S-0-0047')

describe('service channel', () => {
  test('what is written is read back, scalars and lists of any length, at any pace of the device', () => {
    const list = fc.uint8Array({ maxLength: 60 }).map((raw) => raw.subarray(0, raw.length & ~1))
    fc.assert(
      fc.property(list, fc.nat(3), (bytes, delay) => {
        const channel = new ServiceChannel()
        const device = new ScriptedDevice()
        device.delay = delay
        device.parameters.set(target, { bytes: 2, list: true, data: new Uint8Array() })
        channel.data.set(bytes)
        channel.startWriteList(target, bytes.length)
        run(channel, device)
        expect(channel.state).toBe(svcState.done)
        channel.data.fill(0xee)
        channel.startReadList(target)
        run(channel, device)
        expect(channel.state).toBe(svcState.done)
        expect([...channel.data.subarray(0, channel.length)]).toEqual([...bytes])
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    [2, -2, 0xfffe],
    [2, 0xfffe, 0xfffe],
    [4, -1, 0xffffffff],
    [4, 0x89abcdef, 0x89abcdef],
  ])('a scalar of %i bytes is written as two complement: %i', (bytes, value, raw) => {
    const channel = new ServiceChannel()
    const device = new ScriptedDevice()
    device.parameters.set(target, { bytes, list: false, data: new Uint8Array(bytes) })
    channel.startWrite(target, value)
    run(channel, device)
    expect(channel.state).toBe(svcState.done)
    channel.startRead(target)
    run(channel, device)
    expect(channel.length).toBe(bytes)
    const view = new DataView(channel.data.buffer)
    expect(bytes === 2 ? view.getUint16(0, true) : view.getUint32(0, true)).toBe(raw)
  })

  test.each([true, false])('a list is not read as a scalar, nor a scalar as a list: %s', (list) => {
    const channel = new ServiceChannel()
    const device = new ScriptedDevice()
    device.parameters.set(target, { bytes: 4, list, data: new Uint8Array(4) })
    if (list) channel.startRead(target)
    else channel.startReadList(target)
    run(channel, device)
    expect(channel.failure).toBe(svcFailure.wrongKind)
  })

  test('an error of the device ends the job with its code, and the next job runs', () => {
    const channel = new ServiceChannel()
    const device = new ScriptedDevice()
    channel.startRead(target)
    run(channel, device)
    expect([channel.state, channel.failure, channel.errorCode]).toEqual([
      svcState.failed,
      svcFailure.refused,
      0x1001,
    ])
    device.parameters.set(target, { bytes: 4, list: false, data: Uint8Array.of(1, 2, 3, 4) })
    channel.startRead(target)
    run(channel, device)
    expect(channel.state).toBe(svcState.done)
    expect([...channel.data.subarray(0, 4)]).toEqual([1, 2, 3, 4])
  })

  test('a device that does not answer is given up after ten cycles', () => {
    const channel = new ServiceChannel()
    const device = new ScriptedDevice()
    device.dead = true
    channel.startRead(target)
    const cycles = run(channel, device)
    expect(channel.failure).toBe(svcFailure.handshakeTimeout)
    expect(cycles).toBe(12)
  })

  test('a device that stays busy is given up after its own time', () => {
    const channel = new ServiceChannel()
    channel.setLimits(10, 50, 10_000)
    const busy = (1 << svcStatus.valid[1]) | (1 << svcStatus.busy[1])
    channel.startRead(target)
    let cycles = 0
    while (channel.state === svcState.running && cycles < 500) {
      channel.advance(busy | (channel.control & 1), 0, 0)
      cycles++
    }
    expect(channel.failure).toBe(svcFailure.busyTimeout)
    expect(cycles).toBe(51)
  })

  test('a procedure command is cleared, set, awaited and cleared', () => {
    const channel = new ServiceChannel()
    const device = new ScriptedDevice()
    device.commandTicks = 40
    device.parameters.set(idn('S-0-0099'), { bytes: 2, list: false, data: new Uint8Array(2) })
    channel.startCommand(idn('S-0-0099'))
    const cycles = run(channel, device)
    expect(channel.state).toBe(svcState.done)
    expect(device.commands).toEqual([0, 3, 0])
    expect(cycles).toBeGreaterThan(40)
  })

  test('a command that never ends is given up', () => {
    const channel = new ServiceChannel()
    channel.setLimits(10, 100, 200)
    const device = new ScriptedDevice()
    device.commandTicks = 1e9
    device.parameters.set(idn('S-0-0099'), { bytes: 2, list: false, data: new Uint8Array(2) })
    channel.startCommand(idn('S-0-0099'))
    // it is cleared before it is given up
    expect(run(channel, device)).toBeLessThan(205)
    expect(channel.failure).toBe(svcFailure.commandTimeout)
    expect(device.commands.at(-1)).toBe(0)
  })

  test('a list is not written where the device has a scalar', () => {
    const channel = new ServiceChannel()
    const device = new ScriptedDevice()
    device.parameters.set(target, { bytes: 4, list: false, data: new Uint8Array(4) })
    channel.startWriteList(target, 4)
    run(channel, device)
    expect(channel.failure).toBe(svcFailure.wrongKind)
  })
})
