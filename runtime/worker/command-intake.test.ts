import { expect, test } from 'vitest'
import { driveStatus } from '../../cards/sercos3/drive-words.ts'
import { World } from '../../test/runtime/cycle-world.ts'
import { place } from '../../uio/bit-field.ts'
import { BoundedRingReader } from '../shared/bounded-ring.ts'
import { commandEnds, endField } from '../shared/command-ring.ts'

/** Turns until the first command has ended. */
function turnsToEnd(world: World): { readonly turns: number; readonly end: string | undefined } {
  const ends = new BoundedRingReader(world.shared.ends, endField.fields)
  let turns = 0
  while (!ends.take()) {
    if (turns++ > 10_000) throw new Error('the command does not end')
    world.control.countHeartbeat()
    world.cycle.turn()
  }
  return { turns, end: commandEnds[ends.get(endField.end)] }
}

test.for([
  [1000, 1000],
  [250, 4000],
] as const)(
  'a drive may report its error for one second after its reset: cycles of %d us',
  ([cycleUs, cycles]) => {
    const world = new World(undefined, { cycleUs })
    const [x] = world.card.drives
    if (x === undefined) throw new Error('no drive')
    const read = x.readStatus.bind(x)
    x.readStatus = () => read() | place(1, driveStatus.error)
    world.card.resetState = () => 2
    world.turns(5)
    world.command('reset', 0)
    const { turns, end } = turnsToEnd(world)
    expect(end).toBe('failed')
    expect(Math.abs(turns - cycles)).toBeLessThan(5)
  },
)
