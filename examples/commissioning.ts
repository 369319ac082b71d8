/**
 * Commissioning: who is on the ring, what a drive holds, and what happens when a cable breaks. The ring is held in CP2 while
 * its devices are asked who they are, so nothing can move; then it runs, one of its cables breaks, and it is healed.
 * In a program of yours the imports are from 'dualport' and 'dualport/sercos3'.
 * Prints: broke and healed: data lost \d+ cycles, the axis went on
 */
import { filter, firstValueFrom } from 'rxjs'
import { openEmulatedSercos3 } from '../cards/sercos3/index.ts'
import { loadMachineFile, openMachine } from '../runtime/index.ts'
import type { RingTopology } from '../runtime/index.ts'

const file = await loadMachineFile(new URL('machines/demo.json', import.meta.url))
const { devices } = file
// a card of our own, whose cables can be pulled
const card = await openEmulatedSercos3({ devices, topology: 'ring' })
const machine = await openMachine(file, { card, upTo: 'CP2' })
const { ring } = machine
await ring.goTo('CP2')

const lists = await Promise.all(ring.devices.map((device) => device.list()))
ring.devices.forEach(({ name, address }, n) => {
  console.log(`${name} (address ${address}): ${lists[n]?.length} parameters`)
})
const drive = ring.device('drive-x')
const { name, unit } = await drive.info('S-0-0051')
console.log(`${name} of ${drive.name}: ${String(await drive.read('S-0-0051'))} ${unit ?? ''}`)

await ring.goTo('CP4')
await machine.operational
machine.events$
  .pipe(filter(({ kind }) => kind === 'topology'))
  .subscribe(({ severity, message }) => console.log(`${severity}: ${message}`))

const x = machine.axis('x')
await x.enable()
const move = x.moveAbsolute({ position: 100, velocity: 100 })

// parameters travel beside the process data, whatever the cables do
const dump = drive.dump()

card.inject({ kind: 'ringBreak', after: 2 })
await cables('brokenRing')
card.inject({ kind: 'ringClosed' })
// it would close by itself in a moment: this waits for it
await ring.recover()
await cables('ring')
await move

const { parameters } = await dump
const refused = parameters.filter((parameter) => parameter.refused !== undefined)
console.log(`dump of ${drive.name}: ${parameters.length} parameters, ${refused.length} refused`)

const { counters } = await firstValueFrom(machine.cycle$)
await machine.close()
await card.close()
console.log(`broke and healed: data lost ${counters.lostTelegrams} cycles, the axis went on`)

async function cables(wanted: RingTopology): Promise<void> {
  await firstValueFrom(ring.topology$.pipe(filter((topology) => topology === wanted)))
}
