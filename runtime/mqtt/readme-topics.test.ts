import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commandNames } from './command-schema.ts'
import { topicTable } from './topics.ts'

const readme = new URL('../../README.md', import.meta.url)

test.skipIf(!existsSync(readme))('the README shows the topic table as it is', () => {
  const rows = topicTable.map(({ topic, direction, retained, payload, about }) => {
    const cells = [`\`${topic}\``, direction, retained ? 'yes' : 'no', `\`${payload}\``, about]
    return `| ${cells.join(' | ')} |`
  })
  const table = [
    '| topic below `<prefix>/<machine>/` | direction | retained | payload | about |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
  expect(readFileSync(readme, 'utf8')).toContain(table)
})

test.skipIf(!existsSync(readme))('the README names every command', () => {
  const names = commandNames.map((name) => `\`${name}\``)
  expect(readFileSync(readme, 'utf8')).toContain(`Commands: ${names.join(', ')}.`)
})
