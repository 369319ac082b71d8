/** Makes the function blocks of one axis for a user's task. Not cyclic. */
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import {
  blockOptions,
  camOptions,
  checkNames,
  commandValues,
  finitePosition,
  profileOptions,
} from '../block-options.ts'
import type { PlainBlock } from '../block-options.ts'
import { camFlagNames, camFlags, selectedCam } from '../cam-options.ts'
import type { CommandValues } from '../command-desk.ts'
import type { Profile } from '../axis-blocks.ts'
import { profileData } from '../profile-data.ts'
import type { ProfileBlock } from '../profile-data.ts'
import { numberedCam } from '../machine-cams.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import { commandField, commandVerb } from '../shared/command-ring.ts'
import type { CommandValue, CommandVerb } from '../shared/command-ring.ts'
import type { Block, TaskBlocks, TaskCam } from '../task-blocks.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { BlockDesk } from './block-desk.ts'
import type { CommandIntake } from './command-intake.ts'
import { TaskBlock } from './task-block.ts'

type Made<Name extends keyof TaskBlocks> = ReturnType<TaskBlocks[Name]>
type Given<Name extends keyof TaskBlocks> = Parameters<TaskBlocks[Name]>[0]

/** At work at once, beside what moves the axis. */
const beside: ReadonlySet<CommandVerb> = new Set<CommandVerb>([
  'enable',
  'disable',
  'reset',
  'setPosition',
  'setOverride',
  'moveSuperimposed',
  'haltSuperimposed',
  'gearOut',
  'camOut',
  'phasingAbsolute',
  'phasingRelative',
])
/** What they reach, they hold. */
const goesOn: ReadonlySet<CommandVerb> = new Set<CommandVerb>([
  'moveVelocity',
  'moveContinuousAbsolute',
  'moveContinuousRelative',
  'torqueControl',
  'gearIn',
  'gearInPos',
  'combineAxes',
])

export class AxisTaskBlocks implements TaskBlocks {
  readonly #file: MachineFile
  readonly #index: number
  readonly #axis: AxisDrive
  readonly #commands: CommandIntake
  readonly #desk: BlockDesk

  /** `index`: the place of the axis. */
  constructor(
    file: MachineFile,
    index: number,
    axis: AxisDrive,
    commands: CommandIntake,
    desk: BlockDesk,
  ) {
    this.#file = file
    this.#index = index
    this.#axis = axis
    this.#commands = commands
    this.#desk = desk
  }

  enable(): Block {
    return this.#plain('enable', {})
  }

  disable(): Block {
    return this.#plain('disable', {})
  }

  reset(): Block {
    return this.#plain('reset', {})
  }

  home(options: Given<'home'>): Made<'home'> {
    const place = { axis: this.#axis.name, block: 'home' }
    return this.#make('home', commandValues(place, { position: finitePosition }, options, []))
  }

  setPosition(options: Given<'setPosition'>): Made<'setPosition'> {
    return this.#plain('setPosition', options)
  }

  setOverride(options: Given<'setOverride'>): Made<'setOverride'> {
    return this.#plain('setOverride', options)
  }

  moveAbsolute(options: Given<'moveAbsolute'>): Made<'moveAbsolute'> {
    return this.#plain('moveAbsolute', options)
  }

  moveRelative(options: Given<'moveRelative'>): Made<'moveRelative'> {
    return this.#plain('moveRelative', options)
  }

  moveAdditive(options: Given<'moveAdditive'>): Made<'moveAdditive'> {
    return this.#plain('moveAdditive', options)
  }

  moveSuperimposed(options: Given<'moveSuperimposed'>): Made<'moveSuperimposed'> {
    return this.#plain('moveSuperimposed', options)
  }

  haltSuperimposed(): Block {
    return this.#plain('haltSuperimposed', {})
  }

  moveVelocity(options: Given<'moveVelocity'>): Made<'moveVelocity'> {
    return this.#plain('moveVelocity', options)
  }

  moveContinuousAbsolute(options: Given<'moveContinuousAbsolute'>): Made<'moveContinuousAbsolute'> {
    return this.#plain('moveContinuousAbsolute', options)
  }

  moveContinuousRelative(options: Given<'moveContinuousRelative'>): Made<'moveContinuousRelative'> {
    return this.#plain('moveContinuousRelative', options)
  }

  torqueControl(options: Given<'torqueControl'>): Made<'torqueControl'> {
    return this.#plain('torqueControl', options)
  }

  positionProfile(profile: Profile): Block {
    return this.#profile('positionProfile', profile)
  }

  velocityProfile(profile: Profile): Block {
    return this.#profile('velocityProfile', profile)
  }

  accelerationProfile(profile: Profile): Block {
    return this.#profile('accelerationProfile', profile)
  }

  halt(options: Given<'halt'> = {}): Made<'halt'> {
    return this.#plain('halt', options)
  }

  stop(options: Given<'stop'> = {}): Made<'stop'> {
    return this.#plain('stop', options)
  }

  gearIn(options: Given<'gearIn'>): Made<'gearIn'> {
    return this.#plain('gearIn', options)
  }

  gearInPos(options: Given<'gearInPos'>): Made<'gearInPos'> {
    return this.#plain('gearInPos', options)
  }

  gearOut(): Block {
    return this.#plain('gearOut', {})
  }

  camIn(options: TaskCam): Made<'camIn'> {
    const place = { axis: this.#axis.name, block: 'camIn' }
    checkNames(place, options, ['cam', ...camFlagNames, ...Object.keys(camOptions)])
    const { cam, periodic = true, masterAbsolute = true, slaveAbsolute = true, ...rest } = options
    const selection = selectedCam(this.#axis.name, { cam, periodic, masterAbsolute, slaveAbsolute })
    const values = commandValues(place, camOptions, rest, this.#names)
    const table = this.#camNumber(cam)
    return this.#make('camIn', { ...values, table, flags: camFlags(selection) }, periodic)
  }

  camOut(): Block {
    return this.#plain('camOut', {})
  }

  combineAxes(options: Given<'combineAxes'>): Made<'combineAxes'> {
    return this.#plain('combineAxes', options)
  }

  phasingAbsolute(options: Given<'phasingAbsolute'>): Made<'phasingAbsolute'> {
    return this.#plain('phasingAbsolute', options)
  }

  phasingRelative(options: Given<'phasingRelative'>): Made<'phasingRelative'> {
    return this.#plain('phasingRelative', options)
  }

  /** Of one that the task made itself, too. */
  #camNumber(cam: TaskCam['cam']): number {
    const at = `axis ${this.#axis.name}, cam of camIn`
    if (typeof cam === 'string') return numberedCam(at, this.#file, cam)
    return this.#commands.tables.own(cam.data)
  }

  #profile(block: ProfileBlock, profile: Profile): Block {
    const place = { axis: this.#axis.name, block }
    checkNames(place, profile, ['times', 'values', 'bufferMode'])
    const { bufferMode: when } = profile
    const values = commandValues(place, profileOptions, { bufferMode: when }, [])
    const table = this.#commands.tables.own(profileData(place.axis, block, profile))
    return this.#make('runProfile', { ...values, table })
  }

  #plain(block: PlainBlock, options: unknown): TaskBlock {
    const place = { axis: this.#axis.name, block }
    return this.#make(block, commandValues(place, blockOptions[block], options, this.#names))
  }

  #make(verb: CommandVerb, values: CommandValues, holds = goesOn.has(verb)): TaskBlock {
    const command = new Float64Array(commandField.fields).fill(Number.NaN)
    command[commandField.verb] = commandVerb[verb]
    command[commandField.target] = this.#index
    command[commandField.bufferMode] = bufferMode.aborting
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) command[commandField[name as CommandValue]] = value
    const kind = { moves: !beside.has(verb), goesOn: holds, factors: verb === 'setOverride' }
    const { motion } = this.#axis
    return this.#desk.add((number) => new TaskBlock(this.#commands, motion, command, number, kind))
  }

  get #names(): readonly string[] {
    return this.#file.axes.map(({ name }) => name)
  }
}
