import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { figures, folder } from './figures.ts'

test.each(Object.entries(figures))(
  'the figure %s shows what control/ does now (npm run plots draws it anew)',
  (name, draw) => {
    expect(draw()).toBe(readFileSync(new URL(`${name}.svg`, folder), 'utf8'))
  },
)

test('control/README.md shows each figure', () => {
  const page = readFileSync(new URL('../README.md', folder), 'utf8')
  const shown = [...page.matchAll(/\(figures\/([\w-]+)\.svg\)/g)].map((match) => match[1])
  expect(new Set(shown)).toEqual(new Set(Object.keys(figures)))
})
