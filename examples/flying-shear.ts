/**
 * A flying shear: material runs past on x and does not stop; the saw on y comes up to its speed, goes along with it for as long as
 * it cuts, and is back in time for the next piece. What y does is a cam over x that begins anew with every piece: a line where
 * it cuts, and beside it polynomials of fifth degree (VDI 2143), so that no acceleration steps.
 * In a program of yours the imports are from 'dualport' and 'dualport/control'.
 * Prints: 3 pieces of 130 mm cut: saw and material moved by 0\.0\d\d mm against each other at most
 */
import { makeCam } from '../control/index.ts'
import { openMachine } from '../runtime/index.ts'

const piece = 130
/** Where saw and material move as one, by the material's position within a piece, mm. */
const cut = { from: 30, to: 70 }

const machine = await openMachine(new URL('machines/demo.json', import.meta.url))
await machine.operational
const x = machine.axis('x', 'mm')
const y = machine.axis('y', 'mm')
await Promise.all([x.enable(), y.enable()])

/** What the encoders say in every cycle. */
const actual = { x: [] as number[], y: [] as number[] }
x.samples$.subscribe(({ position }) => actual.x.push(...position))
y.samples$.subscribe(({ position }) => actual.y.push(...position))

const cam = makeCam({
  from: { master: 0, slave: 0 },
  sections: [
    { law: 'polynomial5', master: cut.from, slave: 15 },
    { law: 'line', master: cut.to, slave: 15 + (cut.to - cut.from) },
    { law: 'polynomial5', master: piece, slave: 0 },
  ],
})
await y.camIn({ master: 'x', cam: await y.camTableSelect({ cam }) })
await x.moveAbsolute({ position: 3 * piece, velocity: 100 })
await y.camOut()
await machine.close()

const apart = [0, 1, 2].map((n) => {
  const begin = n * piece
  const offsets = actual.x.flatMap((at, k) =>
    at > begin + cut.from && at < begin + cut.to ? [(actual.y[k] ?? 0) - at] : [],
  )
  return Math.max(...offsets) - Math.min(...offsets)
})
console.log(
  `${apart.length} pieces of ${piece} mm cut: saw and material moved by ${Math.max(...apart).toFixed(3)} mm against each other at most`,
)
