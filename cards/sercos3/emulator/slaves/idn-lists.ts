/** The lists of IDNs that a device shows of itself: S-0-0017, S-0-0025, S-0-0187, S-0-0188, S-0-0192. */
import type { CommunicationParameters } from './communication-parameters.ts'
import type { Parameter } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** Fills them from what `store` holds. */
export function fillIdnLists(store: ParameterStore, parameters: CommunicationParameters): void {
  const { allIdns, producible, consumable, commandIdns, backupIdns } = parameters
  const all = [...store.all()].toSorted((a, b) => a.idn - b.idn)
  const of = (wanted: (parameter: Parameter) => boolean) => all.filter(wanted).map(({ idn }) => idn)
  allIdns.setList(of(() => true))
  producible.setList(of(({ spec }) => spec.cyclic === 'produce'))
  consumable.setList(of(({ spec }) => spec.cyclic === 'consume'))
  commandIdns.setList(of(({ spec }) => spec.type === 'command'))
  // what a master may write at any time is the user's, but for two; the rest of what it writes is the ring's
  const ofTheRing = [parameters.ringDelay, parameters.requestedMtu]
  const stored = (parameter: Parameter) =>
    parameter.spec.writable === 'CP2-4' && !ofTheRing.includes(parameter)
  backupIdns.setList(of(stored))
}
