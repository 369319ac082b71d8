import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadMachineFile } from './load.ts'
import { MachineFileError } from './machine-file-error.ts'
import type { MachineInput } from './schema.ts'

const demo = new URL('../../examples/machines/demo.json', import.meta.url)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualport-machine-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function file(name: string, text: string): Promise<string> {
  const at = path.join(folder, name)
  await writeFile(at, text)
  return at
}

async function failure(source: string | MachineInput): Promise<MachineFileError> {
  const error: unknown = await loadMachineFile(source).catch((thrown: unknown) => thrown)
  if (error instanceof MachineFileError) return error
  throw new Error(`expected a MachineFileError, got ${String(error)}`)
}

const small = {
  name: 'small',
  card: { type: 'sercos3' },
  devices: [{ name: 'one', address: 1, profile: 'drive' }],
} satisfies MachineInput

describe('loading a machine', () => {
  test('fills in the defaults of the demo machine', async () => {
    const machine = await loadMachineFile(demo)
    expect(machine.axes.map((axis) => axis.name)).toEqual(['x', 'y', 'z', 'c'])
    expect(machine.axes[0]?.incrementsPerUnit).toBe(10_000)
    expect(machine.card.buffers).toBe('triple')
    expect(machine.mqtt.publish.signals['io/pressure']?.onChange).toBe(true)
  })

  test('takes a TypeScript module and makes the paths in it absolute', async () => {
    await file('loop.ts', 'export default {}\n')
    const machine = { ...small, task: { module: './loop.ts' } }
    const at = await file('machine.ts', `export default ${JSON.stringify(machine)}\n`)
    const loaded = await loadMachineFile(at)
    expect(loaded.task).toEqual({
      module: path.join(folder, 'loop.ts'),
    })
  })

  test('takes an object, with the working directory for its paths', async () => {
    const machine = await loadMachineFile({ ...small, task: { module: 'package.json' } })
    expect(machine.task?.module).toBe(path.resolve('package.json'))
  })

  test('answers a file with five errors with five messages, with file name and line', async () => {
    const text = `{
  "name": "five errors",
  "cycleUs": 300,
  "card": { "type": "sercos3" },
  "devices": [
    { "name": "drive-x", "address": 1, "profile": "drive" }
  ],
  "axes": [
    {
      "name": "x", "device": "drive-y", "unit": "mm",
      "limits": {
        "positionMin": 0, "positionMax": 100, "velocity": -5,
        "acceleration": 1, "jerk": 1, "folowingError": 1, "followingError": 1
      }
    }
  ]
}`
    const error = await failure(await file('five.json', text))
    const at = path.relative(process.cwd(), path.join(folder, 'five.json'))
    expect(error.code).toBe('DP_MACHINE_FILE')
    expect(error.lines).toEqual([
      `${at}:2: name is "five errors", expected a name of 1 to 40 letters, digits, - and _ (it becomes part of an MQTT topic)`,
      `${at}:3: cycleUs is 300, expected 31.25, 62.5, 125 or a multiple of 250 up to 65000 us`,
      `${at}:10: axes[0].device is "drive-y", expected a device of this machine; the nearest is drive-x`,
      `${at}:12: axes[0].limits.velocity is -5, expected a number of at least 0.001`,
      `${at}:13: axes[0].limits.folowingError is 1, expected no field of this name; the nearest is followingError`,
    ])
    const [summary, ...lines] = error.message.split('\n')
    expect(summary).toBe(
      `DP_MACHINE_FILE: 5 errors in ${at}. Correct the file; \`dualport schema\` prints what it may hold.`,
    )
    expect(lines).toEqual(error.lines)
  })

  test('says at which line a missing field belongs', async () => {
    const at = await file('missing.json', '{\n "name": "m",\n "devices": [\n {"name": "a"}]}')
    const { findings } = await failure(at)
    expect(findings.map(({ path: field, line }) => [field, line])).toEqual([
      ['card', 1],
      ['devices[0].address', 4],
      ['devices[0].profile', 4],
    ])
  })

  test('a byte order mark before the text is none of its errors', async () => {
    const at = await file('marked.json', `\uFEFF${JSON.stringify(small)}`)
    expect((await loadMachineFile(at)).name).toBe('small')
  })

  test('a text that is not JSON is told with the line where it stops to be', async () => {
    const at = await file('trailing.json', '{\n  "name": "m",\n  "axes": [],\n}\n')
    await expect(loadMachineFile(at)).rejects.toThrow(
      /^DP_MACHINE_FILE_READ: .*trailing\.json: .*is not valid JSON, line 4 \(/,
    )
  })

  test('a key that stands twice is an error of its own', async () => {
    const text = JSON.stringify(small).replace('{', '{\n"name": "other",\n')
    const error = await failure(await file('twice.json', text))
    expect(error.lines).toEqual([
      `${error.fileName}:3: name is "small", expected this key once only; it stands in line 2 already`,
    ])
  })

  test.each([
    ['no file', 'absent.json', undefined],
    ['broken JSON', 'broken.json', '{"name": '],
    ['a module that throws', 'throws.ts', "throw new Error('no')"],
  ])('%s is DP_MACHINE_FILE_READ', async (_, name, text) => {
    const at = text === undefined ? path.join(folder, name) : await file(name, text)
    await expect(loadMachineFile(at)).rejects.toMatchObject({ code: 'DP_MACHINE_FILE_READ', at })
  })

  test('a module without a default export is a machine that is missing', async () => {
    const { lines } = await failure(await file('empty.ts', 'export {}\n'))
    expect(lines[0]).toMatch(/the machine is missing, expected an object$/)
  })
})
