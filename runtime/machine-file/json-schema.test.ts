import { expect, test } from 'vitest'
import { knownKeys, machineJsonSchema } from './json-schema.ts'
import { machineSchema } from './schema.ts'
import { nearest } from './nearest.ts'

test('every field of the JSON Schema that editors see can be found by path', () => {
  expect(knownKeys(machineSchema, [])).toContain('cycleUs')
  expect(knownKeys(machineSchema, ['axes', 0, 'limits'])).toContain('jerk')
  expect(knownKeys(machineSchema, ['io', 3])).toEqual(
    expect.arrayContaining(['channel', 'safe', 'rawPerUnit']),
  )
  expect(knownKeys(machineSchema, ['card', 'open'])).toEqual(
    expect.arrayContaining(['by', 'path', 'vendor']),
  )
  expect(knownKeys(machineSchema, ['mqtt', 'publish', 'signals', 'axis/x/position'])).toContain(
    'deadBand',
  )
  expect(knownKeys(machineSchema, ['nothing', 'here'])).toEqual([])
})

test('of a union, the fields of the member that the file names are known', () => {
  const io = [{ kind: 'digitalInput', safe: true }, { kind: 'analogOutput' }, { kind: 'light' }]
  const known = (index: number) => knownKeys(machineSchema, ['io', index], { io })
  expect(known(0)).toEqual(['kind', 'name', 'device', 'channel'])
  expect(known(1)).toEqual(['kind', 'name', 'device', 'channel', 'unit', 'rawPerUnit', 'safe'])
  expect(known(2)).toContain('safe')
  const card = { open: { by: 'path', index: 0 } }
  expect(knownKeys(machineSchema, ['card', 'open'], { card })).toEqual(['by', 'path'])
})

test('the JSON Schema asks for no field that has a default', () => {
  expect(machineJsonSchema()).toMatchObject({ required: ['name', 'card', 'devices'] })
})

test('a mistyped word has a nearest candidate, a strange one has none', () => {
  const words = ['velocity', 'position', 'positionMax', 'jerk']
  expect(nearest('velocty', words)).toBe('velocity')
  expect(nearest('Position', words)).toBe('position')
  expect(nearest('jrek', words)).toBe('jerk')
  expect(nearest('jerks', words)).toBe('jerk')
  expect(nearest('colour', words)).toBeUndefined()
  expect(nearest('anything', [])).toBeUndefined()
})
