import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { parseInterruptOrder } from './interrupt-orders.ts'
import { OrderedCard, type InterruptingCard } from './ordered-card.ts'
import { PlainCard } from './vfio-user/plain-card.ts'

/** Its source's status stands in the line itself; a write to offset 4 clears it. */
class LatchingCard extends PlainCard implements InterruptingCard {
  get pending(): boolean {
    return this.interrupt
  }

  raise(): void {
    this.interrupt = true
  }

  override write(...access: Parameters<PlainCard['write']>): void {
    super.write(...access)
    if (access[1] === 4) this.interrupt = false
  }
}

let card: OrderedCard
let nowNs: number

beforeEach(() => {
  card = new OrderedCard(new LatchingCard())
  nowNs = 1_000_000
})

function obey(line: string): void {
  const parsed = parseInterruptOrder(line)
  if ('refused' in parsed) throw new Error(parsed.refused)
  card.obey(parsed.order)
}

function acknowledge(): void {
  card.write(2, 4, 32, 1)
}

/** Lets time pass, as the server does: a tick whenever the card wants one. */
function pass(us: number): void {
  const endNs = nowNs + us * 1000
  for (let dueNs = card.tick(nowNs); dueNs <= endNs;) {
    nowNs = dueNs
    dueNs = card.tick(nowNs)
  }
  nowNs = endNs
  card.tick(nowNs)
}

describe('pace', () => {
  test('the next interrupt waits for the acknowledgement of the one before, and then so long', () => {
    obey('{"do":"pace","everyUs":100,"count":3}')
    pass(5000)
    expect(card.observation).toMatchObject({ raised: 1, left: 2, pending: true })
    acknowledge()
    pass(99)
    expect(card.interrupt).toBe(false)
    pass(1)
    expect(card.observation).toMatchObject({ raised: 2, left: 1, interrupt: true })
  })

  test('however slow the host is, each event is an interrupt of its own', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
        fc.nat(300),
        (delays, everyUs) => {
          card = new OrderedCard(new LatchingCard())
          obey(JSON.stringify({ do: 'pace', everyUs, count: delays.length }))
          let seen = 0
          for (const us of delays) {
            pass(us + everyUs)
            if (card.interrupt) seen++
            acknowledge()
            card.tick(nowNs)
          }
          expect(card.observation).toMatchObject({ raised: delays.length, merged: 0, left: 0 })
          expect(seen).toBe(delays.length)
        },
      ),
    )
  })

  test('an event that stands already is waited for, not merged with', () => {
    obey('{"do":"burst","everyUs":0,"count":1}')
    pass(1)
    obey('{"do":"pace","everyUs":10,"count":1}')
    pass(100)
    expect(card.observation).toMatchObject({ raised: 1, merged: 0, left: 1 })
    acknowledge()
    pass(10)
    expect(card.observation).toMatchObject({ raised: 2, merged: 0, left: 0 })
  })
})

describe('burst', () => {
  test('does not wait: what comes while the status stands merges, and is counted', () => {
    obey('{"do":"burst","everyUs":50,"count":10}')
    pass(1000)
    expect(card.observation).toMatchObject({ raised: 1, merged: 9, left: 0 })
  })

  test('a host that is quick enough gets every one', () => {
    obey('{"do":"burst","everyUs":50,"count":10}')
    pass(0)
    for (let n = 0; n < 10; n++) {
      acknowledge()
      pass(50)
    }
    expect(card.observation).toMatchObject({ raised: 10, merged: 0, left: 0 })
  })
})

describe('stick', () => {
  test('the line stands whatever the host does, until it is mended', () => {
    obey('{"do":"stick","level":true}')
    acknowledge()
    expect(card.interrupt).toBe(true)
    expect(card.observation.pending).toBe(false)
    obey('{"do":"stick","level":false}')
    expect(card.interrupt).toBe(false)
  })

  test('a source that sticks comes back with every access that clears it', () => {
    obey('{"do":"stick","level":true,"of":"source"}')
    acknowledge()
    expect(card.observation.pending).toBe(true)
    obey('{"do":"stick","level":false,"of":"source"}')
    acknowledge()
    expect(card.observation.pending).toBe(false)
  })
})

describe('spurious', () => {
  test('a pulse without a status, which the first look at the card ends', () => {
    obey('{"do":"spurious"}')
    card.tick(nowNs)
    expect(card.interrupt).toBe(true)
    expect(card.observation).toMatchObject({ spurious: 1, raised: 0, pending: false })
    card.read(2, 0, 32)
    expect(card.interrupt).toBe(false)
  })

  test('nobody looks: it ends by itself', () => {
    obey('{"do":"spurious"}')
    card.tick(nowNs)
    pass(999)
    expect(card.interrupt).toBe(true)
    pass(1)
    expect(card.interrupt).toBe(false)
  })
})

test('what is no order is refused, not obeyed and not thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      expect(parseInterruptOrder(line)).toHaveProperty('refused')
    }),
  )
  expect(parseInterruptOrder('{"do":"pace","everyUs":-1,"count":1}')).toHaveProperty('refused')
})
