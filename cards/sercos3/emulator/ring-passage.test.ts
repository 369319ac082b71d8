/** Random cables, devices and commands on real devices: what holds whatever happens. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { place } from '../../../uio/bit-field.ts'
import { cDev } from '../telegram.ts'
import { portMode } from './device-ports.ts'
import { RingBench } from './slaves/ring-bench.ts'

const devices = 4
const someDevice = fc.nat(devices - 1)
const someCable = fc.nat(devices)

const cables = [
  fc.record({ act: fc.constant('cut' as const), at: someCable }),
  fc.record({ act: fc.constant('mend' as const), at: someCable }),
  fc.record({ act: fc.constant('pull' as const), at: someDevice }),
  fc.record({ act: fc.constant('plug' as const), at: someDevice }),
  fc.record({ act: fc.constant('powerCycle' as const), at: someDevice }),
  fc.record({ act: fc.constant('wait' as const), at: fc.constant(0) }),
]
const command = fc.record({
  act: fc.constantFrom('forward' as const, 'loopP' as const, 'loopS' as const),
  at: someDevice,
})
const topologies = fc.constantFrom('ring' as const, 'line' as const, 'linePort2' as const)
const someCables = fc.array(fc.oneof(...cables), { minLength: 1, maxLength: 8 })
const something = fc.array(fc.oneof(...cables, command, command), { minLength: 1, maxLength: 10 })

type Act = { readonly act: string; readonly at: number }

/** A ring in CP1 that counts the passages of each cycle. */
class WatchedRing {
  readonly bench = new RingBench(Array.from({ length: devices }, () => 'io' as const))
  /** Passages of a channel that a device saw more than once in one direction in a cycle. */
  readonly repeated: string[] = []
  readonly #passages = new Map<string, number>()

  constructor(topology: 'ring' | 'line' | 'linePort2') {
    this.bench.topology = topology
    this.bench.slaves.forEach((slave, n) => {
      const pass = slave.pass.bind(slave)
      slave.pass = (telegrams, channel, way, last) => {
        const key = `device ${n}, ${channel} ${way}`
        this.#passages.set(key, (this.#passages.get(key) ?? 0) + 1)
        pass(telegrams, channel, way, last)
      }
    })
    this.bench.enter(0)
    this.bench.cycle(2)
    this.bench.announce(1)
    this.bench.cycle(1)
    this.bench.silence(70)
    this.bench.enter(1)
    this.bench.cycle(2)
  }

  do({ act, at }: Act): void {
    const { ring } = this.bench
    if (act === 'cut') ring.breakAfter(at)
    else if (act === 'mend') ring.mend(at)
    else if (act === 'pull' || act === 'plug' || act === 'powerCycle') ring[act](at)
    else if (act === 'wait') this.cycle(210)
    else this.#command(at, act === 'forward' ? 0 : act === 'loopP' ? 1 : 2)
    this.cycle(2)
  }

  cycle(count: number): void {
    for (let k = 0; k < count; k++) {
      this.#passages.clear()
      this.bench.cycle()
      for (const [passage, times] of this.#passages) if (times > 1) this.repeated.push(passage)
    }
  }

  /** The master's port has a link, and it is not by its inactive port that the device at it has it. */
  open(port: 1 | 2): boolean {
    const ports = this.bench.ring.portsOf(port === 1 ? 0 : devices - 1)
    return this.bench.ring.link(port) && ports?.blocks(port === 1 ? 1 : -1) === false
  }

  #command(at: number, topology: number): void {
    const toggle = ((this.bench.cDev[at] ?? 0) ^ place(1, cDev.topologyToggle)) & 0x4000
    this.bench.cDev[at] = 0x0100 | toggle | place(topology, cDev.topology)
  }
}

test("whatever happens to the cables, each of the master's ports with a device of the ring gets telegrams back", () => {
  fc.assert(
    fc.property(topologies, someCables, (topology, acts) => {
      const watched = new WatchedRing(topology)
      for (const act of acts) {
        watched.do(act)
        const { arrived } = watched.bench
        const outsider = watched.bench.slaves.some(
          ({ observation }, n) =>
            watched.bench.ring.present(n) && observation.topology === portMode.storeAndForward,
        )
        if (outsider) continue
        for (const port of [1, 2] as const)
          if (watched.open(port)) expect(arrived[port - 1]).toBeDefined()
      }
      expect(watched.repeated).toEqual([])
    }),
    { numRuns: 25 },
  )
})

test('whatever the master commanded, it can begin anew: in CP0 the telegrams go as the cables lie, and a whole ring is one', () => {
  fc.assert(
    fc.property(topologies, something, (topology, acts) => {
      const watched = new WatchedRing(topology)
      for (const act of acts) watched.do(act)
      const { bench } = watched
      bench.enter(0)
      // devices that a loopback keeps the telegrams from first have to give up their phase
      watched.cycle(210)
      const { ring } = bench
      for (const port of [1, 2] as const)
        expect(bench.arrived[port - 1] !== undefined).toBe(ring.link(port))
      for (let n = 0; n < devices; n++) ring.plug(n)
      ring.breakAfter(-1)
      watched.cycle(210)
      expect(bench.arrived).toEqual(
        topology === 'ring'
          ? ['S', 'P']
          : topology === 'line'
            ? ['P', undefined]
            : [undefined, 'S'],
      )
      expect(bench.slaves.map(({ observation }) => observation.phase)).toEqual([0, 0, 0, 0])
      expect(watched.repeated).toEqual([])
    }),
    { numRuns: 25 },
  )
})
