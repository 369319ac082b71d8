import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { place } from '../../../uio/bit-field.ts'
import { waitResult, type OpenDevice } from '../../../uio/device.ts'
import { bufferMode, registers, watchdogTrigger } from '../registers.ts'
import { Processor } from './chip-bench.ts'
import { patternWord, patternWords } from './echo-device.ts'
import { openEmulatedSercos3, type EmulatedSercos3 } from './open-emulator.ts'

const r = registers
const deviceModule = new URL('./echo-device.ts', import.meta.url)
const open: EmulatedSercos3[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

class DeviceProcessor extends Processor {
  readonly device: OpenDevice

  constructor(device: OpenDevice) {
    super()
    this.device = device
  }

  readAt(offset: number): number {
    return this.device.map('registers').read32(offset)
  }

  writeAt(offset: number, value: number): void {
    this.device.map('registers').write32(offset, value)
  }

  writeRam(window: 'tx' | 'rx', offset: number, value: number): void {
    this.device.map(window).write32(offset, value)
  }
}

async function openEcho(devices = 1) {
  const emulator = await openEmulatedSercos3({
    devices: Array.from({ length: devices }, (_, n) => ({
      name: `echo ${n + 1}`,
      address: n + 1,
      profile: 'drive' as const,
    })),
    topology: 'ring',
    deviceModule,
  })
  open.push(emulator)
  return { emulator, processor: new DeviceProcessor(emulator.device) }
}

/** Process data at the given cycle, interrupts on. */
async function openRunning(cycleNs = 1_000_000, mode: number = bufferMode.triple) {
  const { emulator, processor } = await openEcho()
  processor.startProcessData(mode, 40)
  processor.write(r.tcntcycr, cycleNs)
  processor.write(r.ier0, 1)
  return { emulator, processor, line: emulator.device.interrupt }
}

function waitFor(line: OpenDevice['interrupt'], interrupts: number): number[] {
  return Array.from({ length: interrupts }, () => line.wait(1000))
}

async function until(what: () => boolean): Promise<void> {
  for (let n = 0; n < 500 && !what(); n++) await sleep(4)
  expect(what()).toBe(true)
}

describe('the emulated card in a process', () => {
  test('answers as soon as it is open, on maps of its windows', async () => {
    const { emulator, processor } = await openEcho()
    expect(processor.read(r.idr)).toBe(0x88cd0089)
    expect(emulator.device.maps.map(({ name, size }) => [name, size])).toEqual([
      ['registers', 0x400],
      ['svc', 0x1000],
      ['tx', 0x2000],
      ['rx', 0x4000],
      ['events', 0x1000],
    ])
    expect(emulator.device.interrupt.wait(20)).toBe(waitResult.timeout)
  })

  test('has the built-in devices where no module names others', async () => {
    const emulator = await openEmulatedSercos3({
      devices: [
        { name: 'x', address: 1, profile: 'drive' },
        { name: 'io', address: 5, profile: 'io' },
      ],
      topology: 'line',
    })
    open.push(emulator)
    await until(() => emulator.observe().cycles > 3)
    expect(emulator.observe().devices.map(({ phase, operating }) => [phase, operating])).toEqual([
      [-1, false],
      [-1, false],
    ])
    expect(emulator.observe().transmitting).toBe(false)
  })

  test('every interrupt raised is received and counted once, with its bits in the events page', async () => {
    const { emulator, processor, line } = await openRunning(500_000)
    for (let n = 0; n < 200; n++) expect(line.wait(1000)).toBe(waitResult.interrupt)
    processor.write(r.ier0, 0)
    await sleep(20)
    while (line.wait(0) === waitResult.interrupt);
    expect(line.total).toBe(emulator.observe().raised)
    expect(emulator.device.events?.read(0)).toBe(true)
    expect(emulator.device.events?.count).toBe(line.total)
    expect(emulator.device.events?.bits).toBe(1)
  })

  test('cycles keep to their grid: those left out are counted, none is hurried after', async () => {
    const { emulator, processor, line } = await openRunning(250_000)
    waitFor(line, 4)
    const from = emulator.observe()
    const start = performance.now()
    await sleep(200)
    const to = emulator.observe()
    const due = (performance.now() - start) / 0.25
    const passed = to.cycles - from.cycles + to.skipped - from.skipped
    expect(Math.abs(passed - due)).toBeLessThan(0.1 * due)
    expect(processor.read(r.irr0)).toBe(0)
  })

  test('devices see the time of the cycles that were run', async () => {
    const { emulator } = await openRunning(250_000)
    await until(() => emulator.observe().cycles > 200)
    const { cycles, devices } = emulator.observe()
    expect(devices[0]?.velocity).toBeGreaterThan(200 * 0.000_25)
    expect(devices[0]?.velocity).toBeLessThanOrEqual(cycles * 0.001)
  })

  test('a watchdog that nobody triggers silences the ring', async () => {
    const { emulator, processor } = await openRunning()
    await until(() => emulator.observe().devices[0]?.phase === 4)
    processor.write(r.wdcnt, 5)
    processor.write(r.wdcsr, place(1, r.wdcsr.bits.stopTelegrams) | watchdogTrigger.arm)
    await until(() => emulator.observe().watchdogAlarm)
    const seen = emulator.observe()
    expect(seen.transmitting).toBe(false)
    expect(seen.devices[0]?.phase).toBe(-1)
  })
})

/** Writes the pattern, reads it back, checks every value; as fast as the chip gives buffers, for `cycles` of them. */
function exchange(processor: DeviceProcessor, mode: number, cycles: number) {
  const tx = processor.device.map('tx')
  const rx = processor.device.map('rx')
  const line = processor.device.interrupt
  let torn = 0
  let received = 0
  processor.requestRx(mode)
  for (let value = 1; value <= cycles; value++) {
    const own = processor.txBuffer
    if (own !== undefined) {
      for (let word: number = patternWords.from; word < patternWords.to; word++) {
        tx.write16(0x1000 + 0x100 * own + 2 * word, patternWord(value, word))
      }
      processor.requestTx(mode)
    }
    // every other cycle not in step with the chip, to meet it at its work
    if (value % 2 === 0) line.wait(1000)
    for (const [port, base] of [
      ['P1', 0x1000],
      ['P2', 0x2000],
    ] as const) {
      const buffer = processor.rxBuffer(port)
      if (buffer === undefined) continue
      const at = base + 0x100 * buffer
      const first = rx.read16(at + 2 * patternWords.from)
      received++
      if (first === 0) continue
      for (let word: number = patternWords.from; word < patternWords.to; word++) {
        if (rx.read16(at + 2 * word) !== patternWord(first, word)) torn++
      }
    }
    processor.requestRx(mode)
  }
  return { torn, received }
}

describe.each(['double', 'triple'] as const)('with %s buffers', (name) => {
  test('no 32-bit value is torn between a chip and a processor that run at once', async () => {
    const { emulator, processor } = await openRunning(31_250, bufferMode[name])
    const { torn, received } = exchange(processor, bufferMode[name], 2000)
    expect(received).toBeGreaterThan(500)
    expect(torn).toBe(0)
    const [device] = emulator.observe().devices
    expect(device?.digitalInputs).toBeGreaterThan(500)
    expect(device?.torque).toBe(0)
  })
})

describe('faults', () => {
  test('a torn write is seen by the check above', async () => {
    const { emulator, processor } = await openRunning(250_000)
    expect(exchange(processor, bufferMode.triple, 50).torn).toBe(0)
    emulator.inject({ kind: 'tornWrite', cycles: 1_000_000 })
    expect(exchange(processor, bufferMode.triple, 200).torn).toBeGreaterThan(0)
  })

  test('a broken ring comes back on the ports it was sent on, until it is closed', async () => {
    const { emulator, processor } = await openEcho(2)
    processor.startProcessData(bufferMode.triple, 40)
    await until(() => (processor.read(r.tgsr1) & 0x300) === 0x300)
    emulator.inject({ kind: 'ringBreak', after: 1 })
    await until(() => (processor.read(r.tgsr1) & 0x300) === 0x100)
    expect(processor.read(r.tgsr2) & 0x300).toBe(0x300)
    emulator.inject({ kind: 'ringClosed' })
    await until(() => (processor.read(r.tgsr1) & 0x300) === 0x300)
  })

  test('a script plays by itself', async () => {
    const emulator = await openEmulatedSercos3({
      devices: [
        { name: 'x', address: 1, profile: 'drive' },
        { name: 'y', address: 2, profile: 'drive', absent: true },
      ],
      topology: 'line',
      script: {
        steps: [
          { at: { cycle: 2 }, fault: { kind: 'plug', device: 1 } },
          { at: { cycle: 20 }, fault: { kind: 'pull', device: 0 } },
        ],
      },
    })
    open.push(emulator)
    const topologies = () => emulator.observe().devices.map(({ topology }) => topology)
    await until(() => topologies().join() === '-1,3')
    expect(emulator.observe().cycles).toBeGreaterThan(19)
  })

  test('a script with a mistake is refused before anything starts', async () => {
    const device = { name: 'x', address: 1, profile: 'drive' } as const
    const script = { steps: [{ at: {}, fault: { kind: 'pull' as const, device: 1 } }] }
    await expect(
      openEmulatedSercos3({ devices: [device], topology: 'line', script }),
    ).rejects.toMatchObject({ code: 'DP_EMULATOR_SCRIPT', at: 'script: steps[0].fault.device' })
  })

  test('a drive fault shows at that drive alone', async () => {
    const { emulator } = await openEcho(3)
    emulator.inject({ kind: 'driveFault', device: 1 })
    await until(() => emulator.observe().devices[1]?.error === true)
    expect(emulator.observe().devices.map(({ error }) => error)).toEqual([false, true, false])
  })

  test('lost telegrams are lost for so many cycles', async () => {
    const { emulator, processor } = await openRunning()
    emulator.inject({ kind: 'lostTelegram', what: 'at', cycles: 7 })
    await until(() => processor.read(r.fcserr) === 0x00070007)
    await sleep(20)
    expect(processor.read(r.fcserr)).toBe(0x00070007)
  })

  test('a line stuck high storms, one stuck low is silent, a free one is as before', async () => {
    const { emulator, line } = await openRunning(2_000_000)
    waitFor(line, 3)
    emulator.inject({ kind: 'stuckLine', level: 'high' })
    await until(() => emulator.observe().raised > 2 * emulator.observe().cycles)
    emulator.inject({ kind: 'stuckLine', level: 'low' })
    await sleep(20)
    while (line.wait(0) === waitResult.interrupt);
    expect(line.wait(50)).toBe(waitResult.timeout)
    emulator.inject({ kind: 'stuckLine', level: 'free' })
    expect(line.wait(1000)).toBe(waitResult.interrupt)
  })

  test('a slow card interrupts late, and leaves cycles out rather than drift', async () => {
    const { emulator } = await openRunning()
    await until(() => emulator.observe().cycles > 5)
    emulator.inject({ kind: 'slowCard', delayNs: 3_500_000 })
    const before = emulator.observe()
    await until(() => emulator.observe().cycles > before.cycles + 10)
    const after = emulator.observe()
    expect(after.skipped - before.skipped).toBeGreaterThanOrEqual(
      2 * (after.cycles - before.cycles - 1),
    )
  })

  test('a dead card reads ones and interrupts no more', async () => {
    const { emulator, processor, line } = await openRunning()
    waitFor(line, 2)
    emulator.inject({ kind: 'deadCard' })
    await until(() => processor.read(r.idr) === 0xffffffff)
    while (line.wait(0) === waitResult.interrupt);
    expect(line.wait(20)).toBe(waitResult.timeout)
  })

  test('an unplugged card ends every wait with gone', async () => {
    const { emulator, line } = await openRunning()
    emulator.inject({ kind: 'unplugged' })
    await until(() => line.wait(0) === waitResult.gone)
    expect(line.wait(-1)).toBe(waitResult.gone)
  })

  test('more faults than the emulator can take at once are refused', async () => {
    const { emulator } = await openEcho()
    const flood = () => {
      for (let n = 0; n < 10_000; n++) emulator.inject({ kind: 'ringClosed' })
    }
    expect(flood).toThrow(expect.objectContaining({ code: 'DP_EMULATOR_FAULTS' }))
  })
})

describe('closing', () => {
  test('is not needed before process.exit(): the program ends at once', async () => {
    const program = `
      import { openEmulatedSercos3 } from ${JSON.stringify(new URL('./open-emulator.ts', import.meta.url).href)}
      await openEmulatedSercos3({ devices: [], topology: 'ring' })
      process.exit(7)
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 10_000,
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(7)
  })

  test('ends the thread in every state, and again', async () => {
    const { emulator } = await openRunning()
    await emulator.close()
    await emulator.close()
    const silent = await openEcho()
    await silent.emulator.close()
    const slow = await openRunning()
    slow.emulator.inject({ kind: 'slowCard', delayNs: 9_000_000_000 })
    await sleep(20)
    await slow.emulator.close()
    const last = [emulator, silent.emulator, slow.emulator].map((one) => one.observe().cycles)
    await sleep(20)
    expect([emulator, silent.emulator, slow.emulator].map((one) => one.observe().cycles)).toEqual(
      last,
    )
  })

  test('a device module that fails is what opening rejects with', async () => {
    const opening = openEmulatedSercos3({
      devices: [{ name: 'none', address: 511, profile: 'drive' }],
      topology: 'line',
      deviceModule,
    })
    await expect(opening).rejects.toThrow('this device does not start')
  })
})
