/**
 * Embedding: a control application opens a machine, moves its axes, switches an output, and watches what happens.
 * In a program of yours the import is from 'dualport'.
 * Prints: square done: x 0\.0\d mm, y 0\.0\d mm, greatest following error of x \d+\.\d+ mm
 */
import { firstValueFrom } from 'rxjs'
import { DualportError, openMachine } from '../runtime/index.ts'

const machine = await openMachine(new URL('machines/demo.json', import.meta.url))
machine.events$.subscribe(({ kind, message }) => {
  if (kind !== 'realtime') console.log(`${kind.padEnd(11)} ${message}`)
})
await machine.operational

const x = machine.axis('x')
const y = machine.axis('y')
await Promise.all([x.enable(), y.enable()])

// batches of every cycle's samples: nothing is done per sample that you do not do here
let greatest = 0
x.samples$.subscribe(({ followingError }) => {
  for (const error of followingError) greatest = Math.max(greatest, Math.abs(error))
})

const lamp = machine.io.point('lamp')
await lamp.write(true)
for (const [toX, toY] of [
  [50, 0],
  [50, 50],
  [0, 50],
  [0, 0],
] as const) {
  await Promise.all([
    x.moveAbsolute({ position: toX, velocity: 200 }),
    y.moveAbsolute({ position: toY, velocity: 200 }),
  ])
}
await lamp.write(false)

try {
  await x.moveAbsolute({ position: 1000 })
} catch (error) {
  if (error instanceof DualportError) console.log(`refused as it should be: ${error.code}`)
}

const [atX, atY] = await Promise.all([firstValueFrom(x.position$), firstValueFrom(y.position$)])
await machine.close()
console.log(
  `square done: x ${Math.abs(atX).toFixed(2)} mm, y ${Math.abs(atY).toFixed(2)} mm, ` +
    `greatest following error of x ${greatest.toFixed(4)} mm`,
)
