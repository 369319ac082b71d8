/** The service channels in the cycle: what they cost, in memory and in work. */
import { expect, test } from 'vitest'
import { ServiceChannel } from '../../cards/sercos3/driver/service/service-channel.ts'
import { ServiceDesk } from '../../cards/sercos3/driver/service/service-desk.ts'
import { svcJob } from '../../cards/sercos3/driver/service/service-codes.ts'
import {
  ServiceMailboxes,
  allocateServiceMailboxes,
  mailboxState,
  slotWord,
} from '../../cards/sercos3/driver/service/service-mailbox.ts'
import { svcElement } from '../../cards/sercos3/telegram.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

const devices = 64
const valid = 8

function build() {
  const mailboxes = new ServiceMailboxes(allocateServiceMailboxes(devices))
  const jobs = Array.from({ length: devices }, (_, n) => mailboxes.job(n))
  const channels = jobs.map((job) => new ServiceChannel(job))
  const desk = new ServiceDesk(mailboxes, channels, jobs)
  desk.open(4)
  return { mailboxes, channels, desk }
}

test('transfers under way at 64 devices allocate nothing in the cycle', () => {
  const { mailboxes, channels, desk } = build()
  let ended = 0
  const post = (device: number) => {
    const slot = mailboxes.slot(device)
    slot[slotWord.kind] = device % 2 === 0 ? svcJob.read : svcJob.command
    slot[slotWord.idn] = 0xf123_4567 | 0
    slot[slotWord.elements] = (1 << svcElement.name) | (1 << svcElement.data)
    mailboxes.post(device)
  }
  const cycles = (count: number) => {
    for (let cycle = 0; cycle < count; cycle++) {
      for (let n = 0; n < devices; n++) {
        const channel = channels[n] as ServiceChannel
        // attribute: a list of words, a command; lists of 48 bytes; a command is done at once
        if (channel.running) channel.advance(valid | (channel.control & 1), 0x33, 0x000d)
        if (mailboxes.state(n) === mailboxState.ended) {
          mailboxes.pass(n, mailboxState.ended, mailboxState.free)
          ended++
          post(n)
        }
      }
      desk.serve()
    }
  }
  for (let n = 0; n < devices; n++) post(n)
  cycles(3000)
  expect(ended).toBeGreaterThan(1000)
  // the first reading of the heap costs more than all cycles
  heapGrowthPerCycle(cycles, 10_000)
  expect(heapGrowthPerCycle(cycles, 10_000)).toBeLessThan(1)
})

test('however many ring at once, a cycle begins eight', () => {
  const { mailboxes, channels, desk } = build()
  for (let n = 0; n < devices; n++) {
    const slot = mailboxes.slot(n)
    slot[slotWord.kind] = svcJob.read
    slot[slotWord.elements] = 1 << svcElement.name
    mailboxes.post(n)
  }
  for (let cycle = 1; cycle <= 8; cycle++) {
    desk.serve()
    expect(channels.filter(({ running }) => running)).toHaveLength(8 * cycle)
  }
})
