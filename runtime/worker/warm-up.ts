/**
 * Runs the cycle on private memory until the compiler has finished with it. Before real-time scheduling: V8 compiles in
 * threads that a FIFO worker would starve. Every command is given several times, too: code that meets a path for the
 * first time in the real cycle would be thrown back into the interpreter there.
 */
import type { MachineFile } from '../machine-file/schema.ts'
import type { CommandVerb } from '../shared/command-ring.ts'
import { PrivateWorld } from './private-world.ts'

const warmUpCycles = 30_000
const commandEvery = 300
/** Of an axis's velocity limit: how far it goes forth and back, s. */
const reachS = 0.1

type Act = { readonly verb: CommandVerb; readonly position?: number; readonly velocity?: number }

/** Given to every axis in turn; positions are shares of the reach, velocities of the velocity limit. */
const programme: readonly Act[] = [
  { verb: 'enable' },
  { verb: 'moveRelative', position: 1 },
  { verb: 'moveAbsolute', position: 0, velocity: 0.5 },
  { verb: 'moveVelocity', velocity: 0.5 },
  { verb: 'halt' },
  { verb: 'moveRelative', position: -1 },
  { verb: 'moveVelocity', velocity: -0.5 },
  { verb: 'stop' },
  { verb: 'home', position: 0 },
  { verb: 'disable' },
  { verb: 'reset' },
]

export function warmUp(file: MachineFile): void {
  const world = new PrivateWorld(file)
  for (let k = 0; k < warmUpCycles; k++) {
    if (k % commandEvery === 0) command(world, file, k / commandEvery)
    world.turn()
  }
}

function command(world: PrivateWorld, file: MachineFile, round: number): void {
  const act = programme[round % programme.length]
  if (act === undefined) return
  file.axes.forEach(({ limits }, axis) => {
    const { verb, position = Number.NaN, velocity = Number.NaN } = act
    world.command(verb, axis, position * reachS * limits.velocity, velocity * limits.velocity)
  })
  world.card.ios.forEach((_, io) => {
    world.command('writeDigital', io, 0, round % 2)
    world.command('writeAnalog', io, 0, round)
  })
}
