/**
 * A large I/O station: 64 digital and 8 analogue channels each way, each wired back to itself. What is written comes back on
 * the channel of the same number, and only there; the safe values lie in the station for the case that the master goes.
 */
import { expect, test } from 'vitest'
import { ioGroup, formatIdn } from '../../../cards/sercos3/idn.ts'
import { createSlave } from '../../../cards/sercos3/emulator/slaves/create-slave.ts'
import { machineSchema } from '../../../runtime/machine-file/schema.ts'
import { sercos3Config } from '../../../runtime/sercos3-config.ts'
import { IoDevice } from '../../../runtime/worker/io-device.ts'
import { InProcessRing } from '../in-process-ring.ts'

const groups = [0, 1, 2, 3].map(ioGroup)

const file = machineSchema.parse({
  name: 'test',
  card: { type: 'sercos3' },
  devices: [
    {
      name: 'station',
      address: 7,
      profile: 'io',
      connections: {
        mdt: {
          idns: groups.flatMap((one) => [one.digitalOutputs, one.analogOutputs].map(formatIdn)),
        },
        at: { idns: groups.flatMap((one) => [one.digitalInputs, one.analogInputs].map(formatIdn)) },
      },
    },
  ],
  io: [
    { kind: 'digitalOutput', name: 'second', device: 'station', channel: 1, safe: true },
    {
      kind: 'analogOutput',
      name: 'fan',
      device: 'station',
      channel: 1,
      safe: 2.5,
      rawPerUnit: 1000,
    },
    { kind: 'digitalOutput', name: 'last', device: 'station', channel: 63, safe: true },
    {
      kind: 'analogOutput',
      name: 'valve',
      device: 'station',
      channel: 7,
      safe: 1,
      rawPerUnit: 1000,
    },
  ],
})

function station(): { ring: InProcessRing; io: IoDevice; run: (cycles: number) => void } {
  const channels = { digital: 64, analog: 8 }
  const ring = new InProcessRing({
    config: sercos3Config(file),
    create: (config) => createSlave({ ...config, channels }),
  })
  const [image] = ring.master.ios
  if (image === undefined) throw new Error('no I/O device')
  const io = new IoDevice(file, image)
  ring.runUp()
  const run = (cycles: number) =>
    ring.run(cycles, () => {
      io.readInputs()
      io.writeOutputs()
    })
  run(10)
  return { ring, io, run }
}

test('each of the 64 digital channels is its own', () => {
  const { io, run } = station()
  expect([...io.digitalIn]).toEqual([2, 0, 0, 0x8000])
  io.setDigital(1, false)
  for (const channel of [0, 15, 16, 31, 32, 47, 48, 62]) {
    io.setDigital(63, false)
    io.setDigital(channel, true)
    run(4)
    const words = [0, 0, 0, 0]
    words[channel >> 4] = 1 << (channel & 15)
    expect([...io.digitalIn]).toEqual(words)
    io.setDigital(channel, false)
  }
})

test('each of the 8 analogue channels is its own, with its sign', () => {
  const { io, run } = station()
  io.analogOut.set([1, -2, 3, -4, 5, -6, 32_767, -32_768])
  run(4)
  expect([...io.analogIn]).toEqual([1, -2, 3, -4, 5, -6, 32_767, -32_768])
})

test('when the master goes silent, the channels take their safe values', () => {
  const { ring, io, run } = station()
  io.digitalOut.fill(0)
  io.analogOut.fill(-1)
  run(4)
  expect(ring.slaves[0]?.observation).toMatchObject({ operating: true, digitalOutputs: 0 })
  ring.master.silence()
  ring.run(20)
  expect(ring.slaves[0]?.observation).toMatchObject({
    operating: false,
    digitalOutputs: 0b10,
    analogOutput0: 0,
    analogOutput1: 2500,
  })
})
