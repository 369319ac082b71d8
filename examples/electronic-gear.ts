/**
 * An electronic gear: y follows x at half its velocity as a shaft would, with nothing but numbers between them. It is engaged and
 * left while both move; in gear, y takes part in whatever x does.
 * In a program of yours the import is from 'dualport'.
 * Prints: in gear over 3\d\d mm of x, y was off its place by 0\.000\d mm at most, then went on by itself
 */
import { openMachine } from '../runtime/index.ts'

const machine = await openMachine(new URL('machines/demo.json', import.meta.url))
await machine.operational
const x = machine.axis('x', 'mm')
const y = machine.axis('y', 'mm')
await Promise.all([x.enable(), y.enable()])
y.state$.subscribe((state) => console.log(`y: ${state}`))

/** Setpoints of every cycle. */
const path = { x: [] as number[], y: [] as number[] }
x.samples$.subscribe(({ setpoint }) => path.x.push(...setpoint))
y.samples$.subscribe(({ setpoint }) => path.y.push(...setpoint))

await x.moveVelocity({ velocity: 60 })
await y.gearIn({ master: 'x', numerator: 1, denominator: 2 })
// in gear from the next sample on
const engaged = path.x.length

// faster, to rest, back a little: all of it jerk-limited, and y with it
await x.moveAbsolute({ position: 350, velocity: 200 })
await x.moveAbsolute({ position: 300, velocity: 100 })
await x.moveVelocity({ velocity: 60 })
await y.gearOut()
const left = path.x.length
await x.halt()
await y.halt()
await machine.close()

const inGear = path.x.slice(engaged, left)
const offsets = inGear.map((at, n) => (path.y[engaged + n] ?? 0) - at / 2)
const off = Math.max(...offsets) - Math.min(...offsets)
const way = Math.max(...inGear) - Math.min(...inGear)
console.log(
  `in gear over ${way.toFixed(0)} mm of x, y was off its place by ${off.toFixed(4)} mm at most, then went on by itself`,
)
