/** An axis as the application holds it: what it shows, and the blocks as commands into the cyclic worker. */
import { axisError } from '../control/axis/axis-error.ts'
import { DualportError } from '../errors.ts'
import type { AxisUnit } from '../units.ts'
import type { CamSelection, CamSwitches, HomeOptions, Profile, SelectedCam } from './axis-blocks.ts'
import { commandFailure, isExplained } from './axis-failure.ts'
import { AxisStreams } from './axis-streams.ts'
import {
  blockOptions,
  camOptions,
  checkNames,
  commandValues,
  homeOptions,
  profileOptions,
} from './block-options.ts'
import type { PlainBlock } from './block-options.ts'
import { camFlags, selectedCam } from './cam-options.ts'
import { camSwitchData } from './cam-switch-options.ts'
import type { Output } from './cam-switch-options.ts'
import type { CommandDesk, CommandValues } from './command-desk.ts'
import type { AxisFile } from './machine-file/schema.ts'
import type { Axis, CommandEnd, TouchProbe } from './machine-types.ts'
import { checkProbe } from './probe-options.ts'
import { profileData } from './profile-data.ts'
import type { ProfileBlock } from './profile-data.ts'
import { actualValues } from './shared/command-ring.ts'
import type { CommandVerb } from './shared/command-ring.ts'
import type { SharedTables } from './shared-tables.ts'

/** The other axes of the machine, its digital outputs, and the tables that the cyclic worker reads. */
export type AxisWorld = {
  /** Names, in the order of the machine file. */
  readonly axes: readonly string[]
  readonly tables: SharedTables
  readonly outputs: readonly Output[]
}

export class AxisHandle extends AxisStreams implements Axis {
  readonly unit: AxisUnit
  readonly #file: AxisFile
  readonly #index: number
  readonly #desk: CommandDesk
  /** The user's cyclic task owns the axis. */
  readonly #owned: boolean
  readonly #world: AxisWorld

  constructor(
    file: AxisFile,
    index: number,
    desk: CommandDesk,
    ownedByTask: boolean,
    world: AxisWorld,
  ) {
    super(file.name, index)
    this.unit = file.unit
    this.#file = file
    this.#index = index
    this.#desk = desk
    this.#owned = ownedByTask
    this.#world = world
  }

  enable() {
    return this.#block('enable', {})
  }

  disable() {
    return this.#block('disable', {})
  }

  reset() {
    return this.#block('reset', {})
  }

  async home(options: HomeOptions = {}) {
    checkNames({ axis: this.name, block: 'home' }, options, ['position', 'method'])
    const { position, method = 'setPosition' } = options
    commandValues({ axis: this.name, block: 'home' }, homeOptions, { position }, [])
    if (method === 'drive') return this.#issue('homeByDrive', { position })
    if (method === 'setPosition') return this.#issue('home', { position: position ?? 0 })
    const own = this.#file.homing?.method
    if (method === own) {
      checkNames({ axis: this.name, block: 'home' }, options, ['method'])
      return this.#issue('homeBySequence')
    }
    throw new DualportError('DP_AXIS_HOMING_METHOD', {
      at: `axis ${this.name}`,
      actual: method,
      expected: own === undefined ? 'setPosition or drive' : `setPosition, drive or ${own}`,
    })
  }

  setPosition(options: Options<'setPosition'>) {
    return this.#block('setPosition', options)
  }

  setOverride(options: Options<'setOverride'>) {
    return this.#block('setOverride', options)
  }

  moveAbsolute(options: Options<'moveAbsolute'>) {
    return this.#block('moveAbsolute', options)
  }

  async moveRelative(options: Options<'moveRelative'>) {
    const known = ['position', ...Object.keys(blockOptions.moveRelative)]
    checkNames({ axis: this.name, block: 'moveRelative' }, options, known)
    return this.#block('moveRelative', nameDistance(options))
  }

  moveAdditive(options: Options<'moveAdditive'>) {
    return this.#block('moveAdditive', options)
  }

  moveSuperimposed(options: Options<'moveSuperimposed'>) {
    return this.#block('moveSuperimposed', options)
  }

  haltSuperimposed() {
    return this.#block('haltSuperimposed', {})
  }

  moveVelocity(options: Options<'moveVelocity'>) {
    return this.#block('moveVelocity', options)
  }

  moveContinuousAbsolute(options: Options<'moveContinuousAbsolute'>) {
    return this.#block('moveContinuousAbsolute', options)
  }

  moveContinuousRelative(options: Options<'moveContinuousRelative'>) {
    return this.#block('moveContinuousRelative', options)
  }

  torqueControl(options: Options<'torqueControl'>) {
    return this.#block('torqueControl', options)
  }

  positionProfile(profile: Profile) {
    return this.#runProfile('positionProfile', profile)
  }

  velocityProfile(profile: Profile) {
    return this.#runProfile('velocityProfile', profile)
  }

  accelerationProfile(profile: Profile) {
    return this.#runProfile('accelerationProfile', profile)
  }

  halt(options: Options<'halt'> = {}) {
    return this.#block('halt', options)
  }

  stop(options: Options<'stop'> = {}) {
    return this.#block('stop', options)
  }

  gearIn(options: Options<'gearIn'>) {
    return this.#block('gearIn', options)
  }

  gearInPos(options: Options<'gearInPos'>) {
    return this.#block('gearInPos', options)
  }

  gearOut() {
    return this.#block('gearOut', {})
  }

  async camTableSelect(options: CamSelection): Promise<SelectedCam> {
    return this.#world.tables.select(
      `axis ${this.name}, camTableSelect`,
      selectedCam(this.name, options),
    )
  }

  async camIn(options: Options<'camIn'>) {
    const place = { axis: this.name, block: 'camIn' } as const
    checkNames(place, options, ['cam', ...Object.keys(camOptions)])
    const { cam, ...numbers } = options
    const values = commandValues(place, camOptions, numbers, this.#world.axes)
    const { tables } = this.#world
    const at = `axis ${this.name}, cam of camIn`
    const selection = typeof cam === 'string' ? selectedCam(this.name, { cam }) : cam
    const table = tables.cam(at, selection?.cam)
    return tables.lend(at, table, table.data, (number) =>
      this.#issue('camIn', { ...values, table: number, flags: camFlags(selection) }),
    )
  }

  camOut() {
    return this.#block('camOut', {})
  }

  combineAxes(options: Options<'combineAxes'>) {
    return this.#block('combineAxes', options)
  }

  async digitalCamSwitch(options: CamSwitches) {
    const at = `axis ${this.name}, digitalCamSwitch`
    const data = camSwitchData(this.name, options, this.#world.outputs)
    const masterActual = options.source === 'setpoint' ? 0 : 1
    return this.#world.tables.lend(at, data, data, (table) =>
      this.#issue('camSwitch', { table, masterActual }),
    )
  }

  digitalCamSwitchOff() {
    return this.#issue('camSwitchOff')
  }

  phasingAbsolute(options: Options<'phasingAbsolute'>) {
    return this.#block('phasingAbsolute', options)
  }

  phasingRelative(options: Options<'phasingRelative'>) {
    return this.#block('phasingRelative', options)
  }

  async touchProbe(options: TouchProbe): Promise<{ readonly position: number }> {
    checkProbe(this.name, 'touchProbe', options, ['probe', 'edge', 'window', 'signal'])
    this.#refuseOwned('armProbe')
    const { probe, edge, window, signal } = options
    signal?.throwIfAborted()
    const armed = {
      position: probe,
      choice: edge === 'rising' ? 0 : 1,
      windowMin: window?.first,
      windowMax: window?.last,
    }
    const caught = this.#withReason('armProbe', {}, (explain) =>
      this.#desk.issueForValue('armProbe', this.#index, armed, explain),
    )
    const stop = (): void => {
      // it may have come to its end in the same moment
      this.#issue('abortTrigger', { position: probe }).catch(() => undefined)
    }
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const { end, value } = await caught
      if (end === 'done') return { position: value }
      signal?.throwIfAborted()
      throw new DualportError('DP_AXIS_PROBE', { at: `axis ${this.name}`, actual: 'ended' })
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async abortTrigger(options: Options<'abortTrigger'>) {
    checkProbe(this.name, 'abortTrigger', options, ['probe'])
    return this.#issue('abortTrigger', { position: options.probe })
  }

  setTorqueLimit(percent: number): Promise<CommandEnd> {
    if (percent >= 0 && percent <= mostTorquePercent)
      return this.#issue('limitTorque', { position: percent })
    return Promise.reject(
      new DualportError('DP_COMMAND_VALUE', {
        at: `axis ${this.name}, setTorqueLimit`,
        actual: percent,
        expected: `0 to ${mostTorquePercent} %`,
      }),
    )
  }

  readActualPosition() {
    return this.#read('position')
  }

  readActualVelocity() {
    return this.#read('velocity')
  }

  readActualTorque() {
    return this.#read('torquePercent')
  }

  async #read(what: (typeof actualValues)[number]): Promise<number> {
    const { value } = await this.#desk.issueForValue(
      'readActual',
      this.#index,
      { choice: actualValues.indexOf(what) },
      (error) => commandFailure(this.#file, 'readActual', {}, error),
    )
    return value
  }

  async #block(block: PlainBlock, options: unknown): Promise<CommandEnd> {
    const place = { axis: this.name, block }
    const values = commandValues(place, blockOptions[block], options, this.#world.axes)
    return this.#issue(block, values)
  }

  async #issue(verb: CommandVerb, values: CommandValues = {}): Promise<CommandEnd> {
    this.#refuseOwned(verb)
    return this.#withReason(verb, values, (explain) =>
      this.#desk.issue(verb, this.#index, values, explain),
    )
  }

  /** A failure behind which there is more is told with it. The command is given before this returns. */
  async #withReason<End>(
    verb: CommandVerb,
    values: CommandValues,
    issue: (explain: (error: number) => DualportError) => Promise<End>,
  ): Promise<End> {
    let number: number = axisError.none
    const explain = (error: number, reason = this.reasons.get(error)): DualportError => {
      number = error
      return commandFailure(this.#file, verb, values, error, reason)
    }
    this.reasons.forgetOf(verb)
    try {
      return await issue((error) => explain(error))
    } catch (failure) {
      if (!isExplained(number) || this.reasons.get(number) !== undefined) throw failure
      const reason = await this.reasons.wait(number)
      throw reason === undefined ? failure : explain(number, reason)
    }
  }

  /** Throws DP_AXIS_OWNER: a user's task makes the setpoints, but cannot reset a drive. */
  #refuseOwned(verb: CommandVerb): void {
    if (!this.#owned || verb === 'reset' || verb === 'limitTorque') return
    throw new DualportError('DP_AXIS_OWNER', { at: `axis ${this.name}`, actual: verb })
  }

  /** A profile is over when its command has ended: then nobody reads its numbers any more. */
  async #runProfile(block: ProfileBlock, profile: Profile): Promise<CommandEnd> {
    const place = { axis: this.name, block }
    checkNames(place, profile, ['times', 'values', 'bufferMode'])
    const { bufferMode } = profile
    const values = commandValues(place, profileOptions, { bufferMode }, [])
    const data = profileData(this.name, block, profile)
    return this.#world.tables.lend(`axis ${this.name}, ${block}`, data, data, (table) =>
      this.#issue('runProfile', { ...values, table }),
    )
  }
}

type Options<Block extends keyof Axis> = Axis[Block] extends (options: infer Given) => unknown
  ? Exclude<Given, undefined>
  : never

/** What a word of 0.1 % holds. */
const mostTorquePercent = 3276.7

/** The name of old. */
function nameDistance(options: Options<'moveRelative'>): Options<'moveAdditive'> {
  if ('distance' in options) return options
  const { position: distance, ...rest } = options
  return { ...rest, distance }
}
