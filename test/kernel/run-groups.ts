/** Runs the groups, two at a time but for those that keep time, and tells how each scenario went. */
import { join } from 'node:path'
import type { Preparer } from './prepare-guests.ts'
import type { Tally } from './report.ts'
import type { Group, Scenario } from './scenarios/scenario.ts'
import { World } from './start-world.ts'

export type RunOptions = {
  readonly repository: string
  readonly work: string
  readonly tally: Tally
  readonly guests: Preparer
}

const lanes = 2
/** The first group of a kind waits until its guest was booted. */
const startLimitMs = 120_000

export async function runGroups(groups: readonly Group[], options: RunOptions): Promise<void> {
  const together = groups.filter(({ alone }) => alone !== true)
  const lane = async () => {
    for (let next = together.shift(); next !== undefined; next = together.shift())
      await runGroup(next, options)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  for (const group of groups) if (group.alone === true) await runGroup(group, options)
}

/** The groups with the scenarios whose `GROUP: NAME` matches, and those that these build on. */
export function select(groups: readonly Group[], pattern: RegExp): readonly Group[] {
  const isMeant = (group: Group, { name }: Scenario) => pattern.test(`${group.name}: ${name}`)
  return groups
    .filter((group) => group.scenarios.some((scenario) => isMeant(group, scenario)))
    .map((group) => ({
      ...group,
      scenarios: group.scenarios.filter(
        (scenario) => scenario.needed === true || isMeant(group, scenario),
      ),
    }))
}

async function runGroup(group: Group, options: RunOptions): Promise<void> {
  const { repository, work, tally, guests } = options
  let world: World | undefined
  await tally.check(`${group.name}: the guest is there with its cards`, startLimitMs, async () => {
    world = await World.start({
      repository,
      work: join(work, group.name.replaceAll(/\W+/g, '-')),
      prepared: await guests.for(group),
      cards: group.cards,
    })
    await world.guest.load(...(group.modules ?? []))
  })
  if (world === undefined) return
  try {
    for (const { name, limitMs, run } of group.scenarios) {
      const within = world
      await tally.check(`${group.name}: ${name}`, limitMs, async () => run(within))
    }
  } finally {
    world.close()
  }
}
