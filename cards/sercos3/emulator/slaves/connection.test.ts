import { describe, expect, test } from 'vitest'
import { type ConnectionLayout, Consumer, Producer, consumerState } from './connection.ts'
import { Parameter } from './parameter.ts'

const word = new Parameter({ idn: 'P-0-0001', name: 'word', type: 'u16' })
const long = new Parameter({ idn: 'P-0-0002', name: 'long', type: 'i32' })

const layout = (more: Partial<ConnectionLayout> = {}): ConnectionLayout => ({
  telegram: 0,
  offset: 2,
  bytes: 8,
  contents: [word, long],
  period: 1,
  allowedLosses: 1,
  monitored: true,
  ...more,
})

/** An MDT with C-CON at 2, the word at 4 and the long at 6. */
const mdt = (cCon: number, value = 0): Uint8Array =>
  new Uint8Array([0, 0, cCon & 0xff, cCon >>> 8, value, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0])

/** States after each of the cycles with these C-CONs; undefined: no telegram. */
function states(consumer: Consumer, cCons: readonly (number | undefined)[]): number[] {
  return cCons.map((cCon) => {
    if (cCon !== undefined) consumer.receive(mdt(cCon))
    consumer.endOfCycle()
    consumer.fresh = false
    return consumer.state
  })
}

const { prepare, waiting, consuming, warning, error, stopped } = consumerState

describe('consumer', () => {
  test('takes the data when the producer is ready and the new-data bit toggled', () => {
    const consumer = new Consumer(layout())
    consumer.start()
    consumer.receive(mdt(0x0001, 5))
    expect([consumer.fresh, word.get()]).toEqual([false, 0])
    consumer.receive(mdt(0x0003, 6))
    expect([consumer.fresh, word.get(), long.get()]).toEqual([true, 6, -2])
  })

  test('telegrams that repeat the old data count as lost, up to the tolerated number', () => {
    const consumer = new Consumer(layout({ allowedLosses: 2 }))
    consumer.start()
    expect(states(consumer, [1, 1, 3, 1, 1, 1, 3, 3, 3, 3, 1])).toEqual([
      waiting,
      waiting,
      consuming,
      consuming,
      warning,
      warning,
      consuming,
      warning,
      warning,
      error,
      error,
    ])
  })

  test('a producer that is no longer ready before its first production sends the consumer back', () => {
    const consumer = new Consumer(layout())
    consumer.start()
    expect(states(consumer, [0, 1, 0, 1, 3])).toEqual([
      prepare,
      waiting,
      prepare,
      waiting,
      consuming,
    ])
  })

  test('after a stop the producer is taken for a new one', () => {
    const consumer = new Consumer(layout())
    consumer.start()
    expect(states(consumer, [3, 0x11, 0x11, 0, 3, 3])).toEqual([
      consuming,
      stopped,
      stopped,
      stopped,
      prepare,
      consuming,
    ])
  })

  test('losses in a row end with the next production, those in all stay', () => {
    const consumer = new Consumer(layout({ allowedLosses: 5 }))
    consumer.start()
    states(consumer, [3, 3, 3, 1, 1, 3])
    expect([consumer.state, consumer.totalLosses]).toEqual([consuming, 3])
  })

  test('missing telegrams count as lost; a new start waits again', () => {
    const consumer = new Consumer(layout())
    consumer.start()
    expect(states(consumer, [3, undefined, undefined])).toEqual([consuming, warning, error])
    consumer.start()
    expect(states(consumer, [undefined, 1, 3])).toEqual([prepare, waiting, consuming])
  })

  test('a producer of every third cycle has lost one only after three', () => {
    const consumer = new Consumer(layout({ period: 3, allowedLosses: 0 }))
    consumer.start()
    expect(states(consumer, [3, 3, 3, 1, 1, 1, 1])).toEqual([
      consuming,
      consuming,
      consuming,
      consuming,
      consuming,
      consuming,
      error,
    ])
  })

  test('a producer that ends by flow control stops without an error; unmonitored losses are none', () => {
    const ended = new Consumer(layout())
    ended.start()
    expect(states(ended, [3, 0x13, 0x13, 0x13])).toEqual([consuming, stopped, stopped, stopped])
    const dropped = new Consumer(layout())
    dropped.start()
    expect(states(dropped, [3, 0x10, 0x10, 0x10])).toEqual([consuming, warning, error, error])
    const free = new Consumer(layout({ monitored: false }))
    free.start()
    expect(states(free, [3, 3, 3, 3])).toEqual([consuming, warning, warning, warning])
  })

  test('a telegram that is too short for it is none', () => {
    const consumer = new Consumer(layout())
    consumer.start()
    consumer.receive(mdt(3).subarray(0, 9))
    expect(consumer.fresh).toBe(false)
  })
})

describe('producer', () => {
  test('ready, toggling new data and a counter that wraps at 16; the data stand still between productions', () => {
    const producer = new Producer(layout({ period: 2 }))
    producer.start()
    const cCons: number[] = []
    for (let k = 0; k < 34; k++) {
      word.set(k)
      long.set(-k)
      producer.produce()
      const at = new Uint8Array(12)
      producer.insert(at)
      cCons.push(at[2] as number, at[3] as number)
      expect([at[4], at[6]]).toEqual([k & ~1, -(k & ~1) & 0xff])
      expect([at[0], at[1], at[10], at[11]]).toEqual([0, 0, 0, 0])
    }
    const [ccon0, ccon1, ccon2] = [cCons.slice(0, 2), cCons.slice(2, 4), cCons.slice(4, 6)]
    expect([ccon0, ccon1, ccon2]).toEqual([
      [3, 0x10],
      [3, 0x10],
      [1, 0x20],
    ])
    expect(cCons.slice(60, 66)).toEqual([1, 0, 1, 0, 3, 0x10])
  })
})
