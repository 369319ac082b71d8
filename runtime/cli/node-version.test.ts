import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nodeFault } from './node-version.ts'

test.each(['20.20.2', '22.17.9', '18.0.0', '9.11.2'])(
  'Node %s is refused with words',
  (version) => {
    expect(nodeFault(version)).toBe(`dualport needs Node 22.18 or newer, this is ${version}`)
  },
)

test.each(['22.18.0', '22.21.1', '23.0.0', '24.1.0', '26.10.0'])('Node %s will do', (version) => {
  expect(nodeFault(version)).toBeUndefined()
})

test('what is refused is what package.json asks for', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { engines } = JSON.parse(text) as { engines: { node: string } }
  expect(nodeFault('1.0.0')).toContain(`Node ${engines.node.replace('>=', '')} or newer`)
})
