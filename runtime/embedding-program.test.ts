/** A program that embeds a machine and ends in whatever way: its drives lose power and its outputs become safe, at once. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { safeTerminals } from '../test/runtime/emulated-machine.ts'

test.for([
  ['process.exit()', 'exit', 7],
  ['an uncaught exception', 'throw', 1],
  ['an unhandled rejection', 'reject', 1],
  ['process.exit() during close()', 'exit-in-close', 7],
] as const)(
  '%s in an embedding program ends it within a second with power off and outputs safe',
  async ([, how, expectedCode]) => {
    const { code, stdout } = await endProgram(how)
    const seen = JSON.parse(stdout) as Record<string, unknown>
    expect(code).toBe(expectedCode)
    expect(seen).toMatchObject({
      before: { lamp: 0b1001, power: true },
      power: [false, false],
      outputs: [safeTerminals.digitalOutputs, safeTerminals.analogOutput1],
      transmitEnabled: false,
    })
    expect(seen['tookMs']).toBeLessThan(1000)
  },
)

test('process.exit() during the run-up ends the program within a second, and the card is silent', async () => {
  const { code, stdout } = await endProgram('exit-in-run-up')
  const seen = JSON.parse(stdout) as Record<string, unknown>
  expect(code).toBe(7)
  expect(seen).toMatchObject({ power: [false, false], transmitEnabled: false })
  expect(seen['tookMs']).toBeLessThan(1000)
})

function endProgram(how: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const program = fileURLToPath(new URL('../test/runtime/exit-while-moving.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, how], { timeout: 15_000 }, (error, stdout, stderr) => {
      if (error?.killed === true) reject(new Error(`${program} did not end: ${stdout}${stderr}`))
      else resolve({ code: Number(error?.code ?? 0), stdout })
    })
  })
}
