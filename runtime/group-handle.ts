/** A group of axes as the application holds it: its state, and its commands into the cyclic worker. */
import { BehaviorSubject } from 'rxjs'
import { bufferModes } from '../control/axis/buffer-mode.ts'
import { describeGroupError, groupErrorCodes } from '../control/groups/group-error.ts'
import { groupStates } from '../control/groups/group-state.ts'
import { axisError } from '../control/axis/axis-error.ts'
import { DualportError } from '../errors.ts'
import { checkOptionNames } from './block-options.ts'
import type { CommandDesk, CommandValues } from './command-desk.ts'
import type { CircularMove, Group, GroupMove, GroupStatus } from './group-types.ts'
import type { GroupFile } from './machine-file/group-schema.ts'
import type { CommandEnd } from './machine-types.ts'
import { groupFlag } from './shared/command-ring.ts'
import type { CommandVerb } from './shared/command-ring.ts'

const transitions = ['exact', 'none', 'cornerDistance', 'maxCornerDeviation'] as const
const coordinates = [
  'coordinate0',
  'coordinate1',
  'coordinate2',
  'coordinate3',
  'coordinate4',
  'coordinate5',
] as const
const aids = ['aid0', 'aid1', 'aid2'] as const
/** In the order of circleMode. */
const circles = ['border', 'centre', 'radius'] as const
const numbers = ['velocity', 'acceleration', 'jerk', 'amount'] as const
const flags = ['relative', 'ofAxes', 'clockwise', 'longWay'] as const
const known = ['position', 'relative', ...numbers, 'bufferMode', 'transition']

export class GroupHandle implements Group {
  readonly name: string
  readonly axes: readonly string[]
  readonly #index: number
  readonly #desk: CommandDesk
  readonly #owned: boolean
  readonly #status = new BehaviorSubject<GroupStatus>({ state: 'groupDisabled', error: undefined })
  readonly status$ = this.#status.asObservable()
  #statusWord = 0

  /** `index`: its place among the groups. `ownedByTask`: the user's cyclic task makes the setpoints of the axes. */
  constructor({ name, axes }: GroupFile, index: number, desk: CommandDesk, ownedByTask: boolean) {
    this.name = name
    this.axes = axes
    this.#index = index
    this.#desk = desk
    this.#owned = ownedByTask
  }

  get status(): GroupStatus {
    return this.#status.value
  }

  /** As the worker packed it. */
  takeStatus(word: number): void {
    if (word === this.#statusWord) return
    this.#statusWord = word
    const number = word >>> 8
    const error = number === 0 ? undefined : this.#failure('groupErrorStop', number)
    this.#status.next({ state: groupStates[word & 0xff] ?? 'groupDisabled', error })
  }

  complete(): void {
    this.#status.complete()
  }

  enable(): Promise<CommandEnd> {
    return this.#issue('groupEnable')
  }

  disable(): Promise<CommandEnd> {
    return this.#issue('groupDisable')
  }

  reset(): Promise<CommandEnd> {
    return this.#issue('groupReset')
  }

  async moveLinear(move: GroupMove & { readonly ofAxes?: boolean }): Promise<CommandEnd> {
    return this.#issue('moveLinear', this.#values('moveLinear', move, [...known, 'ofAxes']))
  }

  async moveCircular(move: CircularMove): Promise<CommandEnd> {
    const at = this.#at('moveCircular')
    const all = [...known, ...circles, 'clockwise', 'longWay']
    const values = this.#values('moveCircular', move, all)
    const given = circles.filter((circle) => move[circle] !== undefined)
    const [circle] = given
    if (circle === undefined || given.length > 1)
      throw new DualportError('DP_COMMAND_VALUE', {
        at,
        actual: given.length === 0 ? 'none of them' : given.join(', '),
        expected: `one of ${circles.join(', ')}`,
      })
    const circleMode = circles.indexOf(circle)
    return this.#issue('moveCircular', {
      ...values,
      circleMode,
      ...places(at, circle, move[circle], aids, undefined),
    })
  }

  halt(): Promise<CommandEnd> {
    return this.#issue('groupHalt')
  }

  stop(): Promise<CommandEnd> {
    return this.#issue('groupStop')
  }

  interrupt(): Promise<CommandEnd> {
    return this.#issue('groupInterrupt')
  }

  continue(): Promise<CommandEnd> {
    return this.#issue('groupContinue')
  }

  async setOverride(factors: Parameters<Group['setOverride']>[0]): Promise<CommandEnd> {
    const at = this.#at('setOverride')
    checkOptionNames(at, factors, ['velocity', 'acceleration', 'jerk'])
    const { velocity, acceleration, jerk } = factors
    for (const [name, value] of Object.entries({ velocity, acceleration, jerk }))
      if (value !== undefined && !(value >= 0 && value <= 1))
        throw new DualportError('DP_COMMAND_VALUE', {
          at: `${at}, ${name}`,
          actual: value,
          expected: '0 to 1',
        })
    return this.#issue('groupSetOverride', {
      velocityFactor: velocity,
      accelerationFactor: acceleration,
      jerkFactor: jerk,
    })
  }

  #values(block: string, move: CircularMove & { ofAxes?: boolean }, all: readonly string[]) {
    const at = this.#at(block)
    checkOptionNames(at, move, all)
    const { position, bufferMode = 'aborting', transition = 'none' } = move
    for (const name of numbers) {
      const value = move[name]
      if (value !== undefined && !(Number.isFinite(value) && value > 0))
        throw wrong(`${at}, ${name}`, value, 'a number above 0')
    }
    if (!bufferModes.includes(bufferMode))
      throw wrong(`${at}, bufferMode`, bufferMode, bufferModes.join(', '))
    if (!transitions.includes(transition))
      throw wrong(`${at}, transition`, transition, transitions.join(', '))
    const { velocity, acceleration, jerk, amount } = move
    return {
      velocity,
      acceleration,
      jerk,
      amount,
      bufferMode: bufferModes.indexOf(bufferMode),
      choice: transitions.indexOf(transition),
      flags: flags.reduce((bits, name) => (move[name] === true ? bits | groupFlag[name] : bits), 0),
      ...places(at, 'position', position, coordinates, this.axes.length),
    }
  }

  #at(block: string): string {
    return `group ${this.name}, ${block}`
  }

  async #issue(verb: CommandVerb, values: CommandValues = {}): Promise<CommandEnd> {
    if (this.#owned) throw new DualportError('DP_AXIS_OWNER', { at: this.#at(verb), actual: verb })
    return this.#desk.issue(verb, this.#index, values, (error) => this.#failure(verb, error))
  }

  #failure(where: string, error: number): DualportError {
    // told by the worker before the group saw the command
    if (error === axisError.safeState && groupErrorCodes[error] === undefined)
      return new DualportError('DP_AXIS_SAFE', { at: this.#at(where) })
    const code = groupErrorCodes[error] ?? 'DP_INTERNAL'
    return new DualportError(code, { at: `${this.#at(where)} (${describeGroupError(error)})` })
  }
}

/** A list of numbers as fields of a command. `count`: how many there must be; left out: up to as many as there are fields. */
function places<Field extends string>(
  at: string,
  name: string,
  given: readonly number[] | undefined,
  fields: readonly Field[],
  count: number | undefined,
): { readonly [field in Field]?: number } {
  const fits =
    Array.isArray(given) &&
    (count === undefined ? given.length <= fields.length : given.length === count) &&
    given.every((value) => Number.isFinite(value))
  if (!fits || given === undefined)
    throw wrong(`${at}, ${name}`, given, `${count ?? 'up to 3'} finite numbers`)
  const values: { [field in Field]?: number } = {}
  for (const [n, value] of given.entries()) {
    const field = fields[n]
    if (field !== undefined) values[field] = value
  }
  return values
}

function wrong(at: string, actual: unknown, expected: string): DualportError {
  return new DualportError('DP_COMMAND_VALUE', { at, actual, expected })
}
