/** What openMachine refuses, with words that say why and nothing left open. */
import { readdirSync, readlinkSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openEmulatedMachine, testMachine, testRealtime } from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'
import { openMachine } from './machine.ts'
import type { MachineInput } from './machine-file/schema.ts'
import { ControlBlock } from './shared/control-block.ts'

let world: EmulatedMachine | undefined

afterEach(async () => {
  vi.restoreAllMocks()
  await world?.close()
  world = undefined
})

function taskModule(name: string): URL {
  return new URL(`../test/runtime/tasks/${name}`, import.meta.url)
}

/** Memory files of this process: an emulated card that was not closed shows here. */
function memoryFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('/memfd:')
    } catch {
      // the descriptor of this very listing is gone again
      return false
    }
  }).length
}

test.for(['setup', 'cycle', 'safe'])('a task whose %s is async is refused', async (name) => {
  const opening = openMachine(testMachine(), {
    taskModule: taskModule(`async-task.ts?async=${name}`),
  })
  await expect(opening).rejects.toMatchObject({
    code: 'DP_TASK_MODULE',
    actual: `an async ${name}`,
  })
})

test('a setup that throws: the message says what it threw', async () => {
  const opening = openMachine(testMachine(), { taskModule: taskModule('throwing-setup.ts') })
  await expect(opening).rejects.toMatchObject({
    code: 'DP_TASK_MODULE',
    message: expect.stringContaining('(TypeError: the recipe has no feed rate)') as string,
  })
  const unknown = openMachine(testMachine(), { taskModule: taskModule('failing-setup.ts') })
  await expect(unknown).rejects.toThrowError(
    /DP_TASK_MODULE: setup: .*DP_AXIS_UNKNOWN: .*is w, expected x, y/,
  )
})

test.for([
  ['undefined', undefined],
  ['an empty path', ''],
  ['a number', 5],
  ['null', null],
  ['an http URL', new URL('http://machines.example/mill.json')],
  ['a path that is not there', '/nowhere/mill.json'],
] as const)('%s in place of a machine', async ([, source]) => {
  await expect(openMachine(source as unknown as MachineInput)).rejects.toMatchObject({
    code: 'DP_MACHINE_FILE_READ',
  })
})

describe('a card that was opened for the machine is closed again', () => {
  test('when the task module is no module', async () => {
    const before = memoryFiles()
    const untyped = 5 as unknown as string
    await expect(openMachine(testMachine(), { taskModule: untyped })).rejects.toMatchObject({
      code: 'DP_TASK_MODULE',
    })
    expect(memoryFiles()).toBe(before)
  })

  test('when there is no memory for the machine itself', async () => {
    const before = memoryFiles()
    const error = new RangeError('Array buffer allocation failed')
    vi.spyOn(ControlBlock, 'allocate').mockImplementation(() => {
      throw error
    })
    await expect(openMachine(testMachine())).rejects.toBe(error)
    expect(memoryFiles()).toBe(before)
  })
})

test('a machine that is closed while its ring becomes operational stays closed', async () => {
  world = await openEmulatedMachine({
    realtime: { ...testRealtime, stallMs: 20_000 },
  })
  const { machine, device, events } = world
  const { operational } = machine
  // nothing of this thread runs meanwhile: the message that the ring is in CP4 waits
  const end = performance.now() + 15_000
  while (device(0).phase < 4 && performance.now() < end)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  const closed = machine.close()
  await expect(operational).rejects.toMatchObject({ code: 'DP_MACHINE_CLOSED' })
  await expect(machine.axis('x').enable()).rejects.toMatchObject({ code: 'DP_MACHINE_CLOSED' })
  await closed
  expect(events.map(({ kind }) => kind)).not.toContain('operational')
})

test('an axis is given out in the unit that the caller counts on, or not at all', async () => {
  world = await openEmulatedMachine()
  const x = world.machine.axis('x', 'mm')
  const unit: 'mm' = x.unit
  expect(unit).toBe('mm')
  expect(() => world?.machine.axis('x', 'deg')).toThrowError(
    /DP_AXIS_UNIT: axis x: .*is mm, expected deg/,
  )
})
