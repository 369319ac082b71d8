import { describe, expect, test } from 'vitest'
import { connectionState } from '../../../card.ts'
import type { IdnText } from '../../idn.ts'
import { idn, ioProfile } from '../../idn.ts'
import { connectionOf } from '../config/connections.ts'
import { DriveWords, IoWords } from './process-images.ts'
import type { ProcessImage } from './process-images.ts'
import { ProcessWords } from './process-words.ts'

/** C-CON on a 4-byte boundary or between two. */
const alignments = [0, 2]

function configured(
  image: ProcessImage,
  at: { idn: number; bytes: number }[],
  mdt: { idn: number; bytes: number }[],
  alignment: number,
) {
  const [inputs, outputs] = [at, mdt].map((words) => connectionOf(0, words, 1, 3))
  const words = new ProcessWords([32], 128)
  const states = Uint8Array.of(connectionState.consuming)
  const inputsAt = 4 * (words.inputs[0] ?? 0) + alignment
  const outputsAt = words.outputs + alignment
  image.configure(
    words,
    { at: inputsAt, words: inputs?.words ?? [] },
    { at: outputsAt, words: outputs?.words ?? [] },
    states,
    0,
  )
  return { view: words.view, inputsAt, outputsAt, states }
}

/** The IDN in another module of the device. */
const module = (id: number, instance: number) => (id | (instance << 24)) >>> 0
const word = (text: IdnText, bytes: number) => ({ idn: idn(text), bytes })

describe.each(alignments)('a drive whose connections begin at byte %i of four', (alignment) => {
  test('is read and written wherever its words lie', () => {
    const drive = new DriveWords('x')
    const { view, inputsAt, outputsAt } = configured(
      drive,
      [word('S-0-0084', 2), word('S-0-0189', 4), word('S-0-0051', 4), word('S-0-0135', 2)],
      [word('S-0-0080', 2), word('S-0-0047', 4), word('S-0-0092', 2), word('S-0-0134', 2)],
      alignment,
    )
    view.setInt16(inputsAt + 2, -345, true)
    view.setInt32(inputsAt + 4, -7, true)
    view.setInt32(inputsAt + 8, 0x7ffe_0001, true)
    view.setUint16(inputsAt + 12, 0xc008, true)
    expect(drive.readTorque()).toBe(-345)
    expect(drive.readFollowingDistance()).toBe(-7)
    expect(drive.readPosition()).toBe(0x7ffe_0001)
    expect(drive.readStatus()).toBe(0xc008)
    drive.writeTorque(-1000)
    drive.writePosition(-2_000_000_000)
    drive.writeControl(0xe000)
    expect(view.getInt16(outputsAt + 2, true)).toBe(-1000)
    expect(view.getInt32(outputsAt + 4, true)).toBe(-2_000_000_000)
    expect(view.getUint16(outputsAt + 8, true)).toBe(1000)
    expect(view.getUint16(outputsAt + 10, true)).toBe(0xe000)
    drive.writeTorqueLimit(250)
    expect(view.getUint16(outputsAt + 8, true)).toBe(250)
  })

  test('has no more than its telegrams carry: other words read 0 and go nowhere', () => {
    const drive = new DriveWords('x')
    const { view } = configured(drive, [word('S-0-0135', 2)], [word('S-0-0134', 2)], alignment)
    drive.writePosition(-1)
    drive.writeVelocity(-1)
    drive.writeTorque(-1)
    expect([drive.readPosition(), drive.readVelocity(), drive.readTorque()]).toEqual([0, 0, 0])
    expect([drive.readHomed(), drive.readProbe(0), drive.readProbeLatched(1)]).toEqual([0, 0, 0])
    expect(drive.has(idn('S-0-0134'))).toBe(true)
    expect(drive.has(idn('S-0-0047'))).toBe(false)
    const bytes = new Uint8Array(view.buffer).subarray(16)
    expect(bytes.every((byte) => byte === 0)).toBe(true)
  })
})

test('an image is live while its connection is consumed', () => {
  const drive = new DriveWords('x')
  expect(drive.live).toBe(false)
  const { states } = configured(drive, [], [], 0)
  const live = Object.values(connectionState).filter((state) => {
    states[0] = state
    return drive.live
  })
  expect(live).toEqual([connectionState.consuming, connectionState.warning])
})

describe.each(alignments)('an I/O device whose connections begin at byte %i of four', (at) => {
  test('has up to 64 digital and eight analogue channels each way, over all its modules', () => {
    const io = new IoWords('io')
    const { view, inputsAt, outputsAt } = configured(
      io,
      [
        { idn: ioProfile.digitalInputs, bytes: 2 },
        { idn: ioProfile.analogInputs, bytes: 16 },
        { idn: module(ioProfile.digitalInputs, 1), bytes: 6 },
      ],
      [
        { idn: ioProfile.digitalOutputs, bytes: 8 },
        { idn: ioProfile.analogOutputs, bytes: 4 },
        { idn: module(ioProfile.analogOutputs, 1), bytes: 12 },
      ],
      at,
    )
    expect([io.digitalInputWords, io.digitalOutputWords]).toEqual([4, 4])
    expect([io.analogInputs, io.analogOutputs]).toEqual([8, 8])
    view.setUint16(inputsAt + 2, 0x8001, true)
    view.setInt16(inputsAt + 4 + 14, -32768, true)
    view.setUint16(inputsAt + 20 + 4, 0xffff, true)
    expect([0, 1, 2, 3].map((n) => io.readDigital(n))).toEqual([0x8001, 0, 0, 0xffff])
    expect(io.readAnalog(7)).toBe(-32768)
    io.writeDigital(0xa5a5, 3)
    io.writeAnalog(2, -1)
    expect(view.getUint16(outputsAt + 2 + 6, true)).toBe(0xa5a5)
    expect(view.getInt16(outputsAt + 10 + 4, true)).toBe(-1)
  })

  test('channels that it has not read 0 and go nowhere', () => {
    const io = new IoWords('io')
    configured(
      io,
      [{ idn: ioProfile.digitalInputs, bytes: 2 }],
      [{ idn: ioProfile.digitalOutputs, bytes: 2 }],
      at,
    )
    io.writeDigital(0xffff, 1)
    io.writeAnalog(0, 5)
    io.writeAnalog(99, 5)
    expect([io.readDigital(), io.readDigital(1), io.readAnalog(0), io.readAnalog(-1)]).toEqual([
      0, 0, 0, 0,
    ])
  })
})
