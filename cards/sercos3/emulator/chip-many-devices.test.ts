/** Sixty-four devices on one chip, in every phase. */
import { expect, test } from 'vitest'
import { extract, maskOf } from '../../../uio/bit-field.ts'
import { registers, rxBase, txBase } from '../registers.ts'
import { cDev, cp0, cp12, sDev, svcControl, svcStatus } from '../telegram.ts'
import { Bench, describe as describing, EchoSlave } from './chip-bench.ts'
import { createSlave } from './slaves/create-slave.ts'

const r = registers
const count = 64
const data = { mdt: 0x1000, at: 0x1000, atOfS: 0x2000 } as const
/** Addresses that are not the places in the ring. */
const addressOf = (place: number) => 500 - place

/** MDT0 and AT0 of the given lengths, all of each from one buffer and into one. */
function telegrams(bench: Bench, phase: number, mdtBytes: number, atBytes: number): void {
  const range = { type: 2, telegramOffset: 0, bufferOffset: 0 }
  bench.describeTx(0, describing(mdtBytes, [{ ...range, bytes: mdtBytes }]))
  bench.describeTx(4, describing(atBytes, []))
  bench.describeRx(4, describing(atBytes, [{ ...range, bytes: atBytes }]))
  for (const csr of [r.txbufcsrA, r.rxbufcsrA]) bench.write(csr, 0)
  bench.writeAt(txBase.offset + 4 * txBase.a, data.mdt)
  bench.writeAt(rxBase.offset + 4 * rxBase.p2A, data.at)
  bench.writeAt(rxBase.offset + 4 * rxBase.p1A, data.atOfS)
  bench.start(phase, 1, 1)
}

test('CP0 numbers sixty-four devices, CP1 finds each of them in its slot with an open service channel', () => {
  const slaves = Array.from({ length: count }, (_, n) =>
    createSlave({ name: `${n}`, address: addressOf(n), profile: n % 8 === 7 ? 'io' : 'drive' }),
  )
  const bench = new Bench('plain memory', { slaves, topology: 'ring' })
  const port = { type: 8, telegramOffset: 0, bufferOffset: 0, bytes: 2 }
  const preset = { type: 2, telegramOffset: 2, bufferOffset: 2, bytes: cp0.atBytes - 2 }
  telegrams(bench, 0, cp0.mdtBytes, cp0.atBytes)
  bench.describeTx(4, describing(cp0.atBytes, [port, preset]))
  bench.tx.fill(cp0.addressPreset, data.mdt / 2 + 1, data.mdt / 2 + cp0.atBytes / 2)
  bench.writeAt(txBase.offset + 4 * txBase.port1, 0x0c00)
  bench.writeAt(txBase.offset + 4 * txBase.port2, 0x0c10)
  bench.tx[0x0c00 / 2] = cp0.counterPort1
  bench.tx[0x0c10 / 2] = cp0.counterPort2
  // addresses are wanted; the first telegrams make the devices forward
  bench.tx[data.mdt / 2] = 1
  for (let cycle = 0; cycle < 10; cycle++) bench.chip.tick()
  expect(extract(bench.read(r.seqcnt), r.seqcnt.bits.port2)).toBe(cp0.counterPort1 + count)
  expect(extract(bench.read(r.seqcnt), r.seqcnt.bits.port1)).toBe(cp0.counterPort2 + count)
  const addresses = bench.rx.slice(data.at / 2 + 1, data.at / 2 + 2 + count)
  expect([...addresses].map((word) => word & 0x1ff)).toEqual([
    ...Array.from({ length: count }, (_, n) => addressOf(n)),
    cp0.addressPreset & 0x1ff,
  ])

  // the phase is announced, then telegrams pause, then it comes
  bench.write(r.phasecr, 0x81)
  for (let cycle = 0; cycle < 20; cycle++) bench.chip.tick()
  bench.write(r.tcsr, 0)
  for (let pause = 0; pause < 130; pause++) bench.chip.tick()
  bench.tx.fill(0, data.mdt / 2)
  telegrams(bench, 1, cp12.bytes, cp12.bytes)
  for (let slot = 1; slot <= count; slot++) {
    bench.tx[(data.mdt + slot * cp12.svcBytes) / 2] = maskOf(svcControl.handshake)
    bench.tx[(data.mdt + cp12.deviceOffset + slot * cp12.deviceBytes) / 2] = maskOf(
      cDev.masterValid,
    )
  }
  // within 200 ms
  for (let cycle = 0; cycle < 201; cycle++) bench.chip.tick()
  const ready = Array.from({ length: count }, (_, n) => {
    const svc = bench.rx[(data.at + (n + 1) * cp12.svcBytes) / 2] as number
    const device = bench.rx[
      (data.at + cp12.deviceOffset + (n + 1) * cp12.deviceBytes) / 2
    ] as number
    return [
      extract(svc, svcStatus.valid),
      extract(svc, svcStatus.handshake),
      extract(device, sDev.slaveValid),
    ]
  })
  expect(ready).toEqual(Array.from({ length: count }, () => [1, 1, 1]))
})

test.each([2, 3, 4])('each of sixty-four devices answers in its place in CP%i', (phase) => {
  const words = 8
  const slaves = Array.from({ length: count }, (_, n) => new EchoSlave(n + 1, words))
  const bench = new Bench('plain memory', { slaves, topology: 'ring' })
  telegrams(bench, phase, 2 * words, 2 * words * count)
  for (let n = 0; n < words; n++) bench.tx[data.mdt / 2 + n] = 1000 * phase + n
  bench.chip.tick()
  const row = Array.from({ length: words }, (_, n) => 1000 * phase + n)
  expect(Array.from(bench.rx.slice(data.at / 2, data.at / 2 + words * count))).toEqual(
    Array.from({ length: count }, () => row).flat(),
  )
})
