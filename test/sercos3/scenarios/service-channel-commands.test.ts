/**
 * A commissioning engineer starts a drive's procedure commands and watches them: in process, done, refused, interrupted;
 * one that is called off is cleared in the drive, so that it does not go on unseen.
 */
import { expect, test } from 'vitest'
import { idn } from '../../../cards/sercos3/idn.ts'
import { commandStatus } from '../../../cards/sercos3/telegram.ts'
import type { CommandProgress } from '../../../runtime/device-types.ts'
import { ServiceBench } from '../service-bench.ts'

const homing = 'S-0-0148'

function bench(outcome: 'done' | 'error' | 'pending' = 'done', durationS = 0.2): ServiceBench {
  return new ServiceBench([
    {
      parameters: [
        { idn: homing, name: 'Drive-controlled homing', type: 'command' },
        { idn: 'P-0-0011', name: 'Table', type: 'u32[]', capacity: 4000, writable: 'CP2-4' },
      ],
      commands: {
        [homing]: { phases: [4], durationS, interruptible: true, execute: () => outcome },
      },
    },
  ])
}

const statusOf = (one: ServiceBench) => one.stores[0]?.find(idn(homing))?.command?.status

test('a command is set, watched and cleared when it is done', async () => {
  const one = bench()
  const seen: CommandProgress[] = []
  await one.until(one.device(0).command(homing, { onProgress: (now) => void seen.push(now) }))
  expect(seen.map(({ acknowledgement }) => acknowledgement)).toContain('inProcess')
  expect(one.cycles).toBeGreaterThan(200)
  expect(statusOf(one)).toBe(commandStatus.notSet)
})

test('one that lasts is heard of every second', async () => {
  const one = bench('done', 3.5)
  const seen: number[] = []
  const onProgress = (now: CommandProgress) => void seen.push(now.elapsedMs)
  await one.until(one.device(0).command(homing, { onProgress }))
  expect(seen.length).toBeGreaterThanOrEqual(4)
  expect(seen.length).toBeLessThan(8)
})

test('one that ends in error says so, and is cleared', async () => {
  const one = bench('error')
  const told = await one.refusal(one.device(0).command(homing))
  expect(told.message).toMatch(/^DP_SERCOS3_COMMAND: d0 \(address 1\), CP4, S-0-0148/)
  expect(statusOf(one)).toBe(commandStatus.notSet)
})

test('an abort clears it in the drive', async () => {
  const one = bench('pending')
  const stop = new AbortController()
  const work = one.device(0).command(homing, { signal: stop.signal })
  work.catch(() => undefined)
  await one.run(400)
  expect(statusOf(one)).toBe(commandStatus.inProcess)
  stop.abort(new Error('enough'))
  expect((await one.refusal(work)).message).toBe('enough')
  expect(statusOf(one)).toBe(commandStatus.notSet)
})

test('its time-out clears it, too', async () => {
  const one = bench('pending')
  const told = await one.refusal(one.device(0).command(homing, { timeoutMs: 500 }))
  expect(told.message).toMatch(/DP_SERCOS3_SVC_TIMEOUT.*not done after 0.5 s/)
  expect(statusOf(one)).toBe(commandStatus.notSet)
})

function fail(): never {
  throw new Error('observer')
}

test('an observer that throws ends the command with its error', async () => {
  const one = bench('pending')
  const told = await one.refusal(one.device(0).command(homing, { onProgress: fail }))
  expect(told.message).toBe('observer')
  expect(statusOf(one)).toBe(commandStatus.notSet)
})

test('one that the drive interrupts is cleared and reported', async () => {
  const one = bench('pending')
  const work = one.device(0).command(homing)
  work.catch(() => undefined)
  await one.run(100)
  const command = one.stores[0]?.find(idn(homing))?.command
  if (command !== undefined) command.status = commandStatus.interrupted
  expect((await one.refusal(work)).message).toMatch(/interrupted by the device/)
  expect(statusOf(one)).toBe(commandStatus.notSet)
})

test('a command out of its phase is refused in words', async () => {
  const one = bench()
  one.phase = 3
  const told = await one.refusal(one.device(0).command(homing))
  expect(told.message).toMatch(/\(7013\)/)
})

test('the master passes a long list: its reset does not wait, and the list arrives whole', async () => {
  const one = bench('done', 0.01)
  const list = Array.from({ length: 900 }, (_, n) => n)
  const work = one.device(0).write('P-0-0011', list)
  await one.run(300)
  const [channel] = one.channels
  channel?.startCommand(idn(homing))
  await one.run(30)
  expect(channel?.state).toBe(2)
  await one.until(work)
  expect(await one.until(one.device(0).read('P-0-0011'))).toEqual(list)
})

test("the master passes a user's command: it goes on in the drive and is found again", async () => {
  const one = bench('done', 0.3)
  const work = one.device(0).command(homing)
  await one.run(100)
  one.channels[0]?.startReadList(idn('S-0-0017'))
  await one.run(20)
  expect(one.channels[0]?.state).toBe(2)
  await one.until(work)
  expect(one.cycles).toBeLessThan(400)
  expect(statusOf(one)).toBe(commandStatus.notSet)
})
