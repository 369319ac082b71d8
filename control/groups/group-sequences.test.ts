import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cycleS, flat, path } from '../../test/control/group-bench.ts'
import type { bufferMode } from '../axis/buffer-mode.ts'
import { groupError } from './group-error.ts'
import type { transition } from './group-path.ts'
import { groupState, groupStates, isInGroupDiagram } from './group-state.ts'

const someCommand = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('line' as const),
      x: fc.double({ min: -60, max: 60, noNaN: true }),
      y: fc.double({ min: -60, max: 60, noNaN: true }),
      mode: fc.integer({ min: 0, max: 5 }),
      how: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'halt',
        'stop',
        'interrupt',
        'continue',
        'reset',
        'fail',
        'disable',
        'enable',
        'home',
        'homed',
        'lost',
        'slow',
        'full',
      ),
    }),
  },
)

test('in any sequence of commands states follow the diagram, limits hold while the group commands, and every command ends once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(someCommand, fc.integer({ min: 0, max: 150 })), { maxLength: 25 }),
      (steps) => {
        const { group } = flat()
        const open = new Map<number, number>()
        let id = 100
        let before = groupStates[group.state]
        let last = [0, 0, 0]
        let wasCommanding = false
        const look = () => {
          const now = groupStates[group.state]
          expect(isInGroupDiagram(before, now), `${before} to ${now}`).toBe(true)
          before = now
          while (group.settlements.take())
            open.set(group.settlements.id, (open.get(group.settlements.id) ?? 0) + 1)
        }
        const cycle = () => {
          group.update()
          look()
          const speed = Math.hypot(...group.velocity)
          const acceleration = Math.hypot(...group.acceleration)
          expect(speed).toBeLessThanOrEqual(path.velocity * (1 + 1e-9))
          expect(acceleration).toBeLessThanOrEqual(path.acceleration * (1 + 1e-9))
          const jump = Math.hypot(
            (group.velocity[0] as number) - (last[0] as number),
            (group.velocity[1] as number) - (last[1] as number),
          )
          if (wasCommanding && group.commanding)
            expect(jump).toBeLessThanOrEqual(path.acceleration * cycleS * (1 + 1e-6))
          last = [...group.velocity]
          wasCommanding = group.commanding
          for (const [n, value] of group.position.entries()) group.actual[n] = value
        }
        const give = (command: (id: number) => boolean) => {
          open.set(++id, 0)
          command(id)
          look()
        }
        const acts = {
          halt: () => give((n) => group.halt(n)),
          stop: () => give((n) => group.stop(n)),
          interrupt: () => give((n) => group.interrupt(n)),
          continue: () => give((n) => group.continue(n)),
          reset: () => give((n) => group.reset(n)),
          disable: () => give((n) => group.disable(n)),
          enable: () => give((n) => group.enable(n)),
          home: () => give((n) => group.home(n)),
          slow: () => give((n) => group.setOverride(n, 0.3, 1, 1)),
          full: () => give((n) => group.setOverride(n, 1, 0.5, 0.5)),
          homed: () => group.endHoming(true),
          lost: () => group.endHoming(false),
          fail: () => group.fail(groupError.axis),
        }
        look()
        for (const [step, wait] of steps) {
          if (step.kind === 'line') {
            group.command.target.set([step.x, step.y])
            group.command.bufferMode = step.mode as typeof bufferMode.aborting
            group.command.transition = step.how as typeof transition.none
            group.command.amount = 3
            give((n) => group.moveLinear(n))
          } else acts[step.kind]()
          look()
          for (let n = 0; n < wait; n++) cycle()
        }
        group.endHoming(true)
        acts.full()
        if (group.interrupted || group.state === groupState.groupMoving) acts.continue()
        acts.reset()
        for (let n = 0; n < 60_000 && group.state === groupState.groupMoving; n++) cycle()
        acts.stop()
        for (let n = 0; n < 2000; n++) cycle()
        expect(group.atRest).toBe(true)
        for (const [command, ends] of open) expect(ends, `command ${command}`).toBe(1)
      },
    ),
    { numRuns: 15 },
  )
})
