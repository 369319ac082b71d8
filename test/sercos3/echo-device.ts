/**
 * A device that sends back what it is sent: status = control word, feedback = command, torque = lower half of the
 * position. `torn` counts positions whose halves differ, which nobody who writes equal halves has written.
 * Also a `deviceModule` of the emulator: its I/O devices are the usual ones.
 */
import type { Application } from '../../cards/sercos3/emulator/slaves/application.ts'
import { createSlave as createUsual } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import { Diagnosis } from '../../cards/sercos3/emulator/slaves/diagnosis.ts'
import type { ParameterStore } from '../../cards/sercos3/emulator/slaves/parameter-store.ts'
import type { Parameter } from '../../cards/sercos3/emulator/slaves/parameter.ts'
import { SercosSlave } from '../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import type { SlaveConfig } from '../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import type { SlaveObservation } from '../../cards/sercos3/emulator/slave.ts'
import type { IdnText } from '../../cards/sercos3/idn.ts'

export class EchoDrive implements Application {
  readonly diagnosis: Diagnosis
  torn = 0
  lost = 0
  readonly #pairs: readonly (readonly [from: Parameter, to: Parameter])[]
  readonly #position: Parameter

  constructor(store: ParameterStore) {
    const add = (idn: IdnText, type: 'u16' | 'i16' | 'i32', cyclic: 'consume' | 'produce') =>
      store.add({ idn, name: idn, type, cyclic })
    this.#position = add('S-0-0047', 'i32', 'consume')
    this.#pairs = [
      [add('S-0-0134', 'u16', 'consume'), add('S-0-0135', 'u16', 'produce')],
      [add('S-0-0036', 'i32', 'consume'), add('S-0-0040', 'i32', 'produce')],
      [this.#position, add('S-0-0051', 'i32', 'produce')],
      [this.#position, add('S-0-0084', 'i16', 'produce')],
    ]
    for (const mode of ['S-0-0032', 'S-0-0033'] as const)
      store.add({ idn: mode, name: mode, type: 'u16', writable: 'CP2' })
    this.diagnosis = new Diagnosis(store, () => ({ text: 'Echo', number: 0 }))
  }

  powerOn(): void {}

  loseCommunication(): void {
    this.lost++
  }

  clearErrors(): 'done' {
    this.diagnosis.clear()
    return 'done'
  }

  advance(): void {
    const { view } = this.#position
    if (view.getUint16(0, true) !== view.getUint16(2, true)) this.torn++
    for (const [from, to] of this.#pairs)
      for (let at = 0; at < to.bytes.length; at++) to.bytes[at] = from.bytes[at] as number
  }

  observe(observation: SlaveObservation): void {
    observation.error = this.torn > 0
    observation.position = this.#position.view.getInt32(0, true)
    observation.velocity = this.torn
  }
}

/** Drives echo; `echoes` collects them where the caller wants to look at them. */
export function createSlave(config: SlaveConfig, echoes: EchoDrive[] = []): SercosSlave {
  if (config.profile === 'io') return createUsual(config)
  return new SercosSlave(config, (store) => {
    const echo = new EchoDrive(store)
    echoes.push(echo)
    return echo
  })
}
