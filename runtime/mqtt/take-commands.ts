/**
 * Takes axis commands from MQTT. Three rules keep a broker's habits from moving an axis twice or late: commands are
 * subscribed at QoS 0, those that the broker kept are refused, and the client has no session that could hold them back.
 * MQTT 3.1.1 clears the retain flag when it hands a message to a standing subscription: a command published with it
 * while we are connected looks like any other and is carried out, once; what stays at the broker is refused later.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DualportError } from '../../errors.ts'
import type { CamSelection, MoveBy } from '../axis-blocks.ts'
import { formatFinding } from '../machine-file/finding.ts'
import { findingsOf } from '../machine-file/issue-findings.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import type { Axis, CommandEnd, Machine } from '../machine-types.ts'
import type { Message } from './bounded-queue.ts'
import { commandSchema, senderSchema } from './command-schema.ts'
import type { AxisCommand } from './command-schema.ts'
import { errorPayload } from './publish-streams.ts'
import { Topics } from './topics.ts'

export const maxCommandBytes = 4096
/** Commands whose promise has not settled, over all axes: fewer than the machine takes, so that it has room for others. */
export const maxMqttCommands = 100
/** The machine hears from its cyclic worker so often. */
const drainMs = 10

type Answer = 'accepted' | CommandEnd['end'] | DualportError

export class CommandTaker {
  readonly #machine: Machine
  readonly #topics: Topics
  readonly #openAxes: ReadonlySet<string>
  readonly #publish: (message: Message) => void
  /** The worker takes a command at its next cycle and we hear of a refusal at the next drain; twice that, to be sure. */
  readonly #takenMs: number
  #underWay = 0

  constructor(machine: Machine, file: MachineFile, publish: (message: Message) => void) {
    this.#machine = machine
    this.#topics = new Topics(file)
    const open = file.axes.filter((axis) => axis.commands.includes('mqtt'))
    this.#openAxes = new Set(open.map((axis) => axis.name))
    this.#publish = publish
    this.#takenMs = 2 * (drainMs + file.cycleUs / 1000)
  }

  /** A message of `topics.commands`. Answers, never throws. */
  take(topic: string, payload: Uint8Array, retained: boolean): void {
    const name = this.#topics.axisOfCommand(topic)
    // without payload: somebody clears what the broker keeps
    if (name === undefined || payload.byteLength === 0) return
    const { raw, fault } = parsePayload(payload)
    const sender = senderSchema.safeParse(raw).data
    const replyTo = this.#replyTopic(sender?.replyTo, name)
    const answer = (result: Answer): void =>
      this.#publish({
        topic: replyTo,
        payload: JSON.stringify(answerPayload(sender?.id ?? null, result)),
        retain: false,
      })
    const axis = this.#machine.axes.find((candidate) => candidate.name === name)
    if (axis === undefined) answer(new DualportError('DP_AXIS_UNKNOWN', { at: topic }))
    else if (!this.#openAxes.has(name))
      answer(new DualportError('DP_MQTT_COMMAND_CLOSED', { at: topic }))
    else if (retained)
      answer(
        wrong(topic, 'a message that is not retained: it would move the axis at every connect'),
      )
    else if (fault !== undefined)
      answer(new DualportError('DP_MQTT_COMMAND', { at: topic, ...fault }))
    else if (this.#underWay >= maxMqttCommands)
      answer(
        new DualportError('DP_MQTT_COMMAND_BUSY', {
          at: topic,
          actual: this.#underWay,
          expected: `fewer than ${maxMqttCommands} over all axes`,
        }),
      )
    else this.#check(axis, topic, raw, answer)
  }

  #check(axis: Axis, topic: string, raw: unknown, answer: (result: Answer) => void): void {
    const parsed = commandSchema.safeParse(raw)
    if (!parsed.success) {
      const findings = findingsOf(commandSchema, parsed.error.issues, raw)
      const words = findings.map((finding) => formatFinding(finding, 'the payload')).join('; ')
      answer(new DualportError('DP_MQTT_COMMAND', { at: `${topic} (${words})` }))
      return
    }
    const { replyTo } = parsed.data
    if (replyTo !== undefined && this.#isOurs(replyTo)) {
      answer(wrong(topic, `a replyTo outside ${this.#topics.root}/`))
      return
    }
    void this.#carryOut(axis, parsed.data, answer)
  }

  async #carryOut(
    axis: Axis,
    command: AxisCommand,
    answer: (result: Answer) => void,
  ): Promise<void> {
    this.#underWay++
    try {
      const ended = give(axis, command)
      // a refusal comes back within this time: whoever hears `accepted` may rely on the axis having taken the command
      await Promise.race([ended, sleep(this.#takenMs)])
      answer('accepted')
      answer((await ended).end)
    } catch (error) {
      answer(asDualportError(error))
    } finally {
      this.#underWay--
    }
  }

  /** An answer among our own topics could pass for telemetry, or for a command. */
  #replyTopic(replyTo: string | undefined, axis: string): string {
    return replyTo === undefined || this.#isOurs(replyTo)
      ? this.#topics.axis(axis, 'answer')
      : replyTo
  }

  #isOurs(topic: string): boolean {
    return topic === this.#topics.root || topic.startsWith(`${this.#topics.root}/`)
  }
}

async function give(axis: Axis, command: AxisCommand): Promise<CommandEnd> {
  switch (command.command) {
    case 'enable':
    case 'disable':
    case 'reset':
    case 'haltSuperimposed':
    case 'gearOut':
    case 'camOut':
      return axis[command.command]()
    case 'home':
      return axis.home(argumentOf(command))
    case 'setPosition':
      return axis.setPosition(argumentOf(command))
    case 'setOverride':
      return axis.setOverride(argumentOf(command))
    case 'moveAbsolute':
      return axis.moveAbsolute(argumentOf(command))
    case 'moveRelative':
      // one of both names of the distance is missing: the axis says so
      return axis.moveRelative(argumentOf(command) as MoveBy)
    case 'moveAdditive':
      return axis.moveAdditive(argumentOf(command))
    case 'moveSuperimposed':
      return axis.moveSuperimposed(argumentOf(command))
    case 'moveVelocity':
      return axis.moveVelocity(argumentOf(command))
    case 'moveContinuousAbsolute':
      return axis.moveContinuousAbsolute(argumentOf(command))
    case 'moveContinuousRelative':
      return axis.moveContinuousRelative(argumentOf(command))
    case 'torqueControl':
      return axis.torqueControl(argumentOf(command))
    case 'positionProfile':
    case 'velocityProfile':
    case 'accelerationProfile':
      return axis[command.command](argumentOf(command))
    case 'halt':
      return axis.halt(argumentOf(command))
    case 'stop':
      return axis.stop(argumentOf(command))
    case 'gearIn':
      return axis.gearIn(argumentOf(command))
    case 'gearInPos':
      return axis.gearInPos(argumentOf(command))
    case 'camIn':
      return followCam(axis, argumentOf(command))
    case 'phasingAbsolute':
      return axis.phasingAbsolute(argumentOf(command))
    case 'phasingRelative':
      return axis.phasingRelative(argumentOf(command))
    case 'combineAxes':
      break
  }
  return axis.combineAxes(argumentOf(command))
}

type CamCommand = CamSelection & Parameters<Axis['camIn']>[0] & { readonly cam: string }

async function followCam(axis: Axis, command: CamCommand): Promise<CommandEnd> {
  const { cam, periodic = true, masterAbsolute = true, slaveAbsolute = true, ...rest } = command
  const selection = { cam, periodic, masterAbsolute, slaveAbsolute }
  return axis.camIn({ ...rest, cam: await axis.camTableSelect(selection) })
}

/** What the axis is to be given, without the fields that were left out. */
function argumentOf<Command extends { id: unknown; replyTo?: unknown; command: unknown }>(
  command: Command,
): Present<Omit<Command, 'id' | 'replyTo' | 'command'>> {
  const { id: _, replyTo: __, command: ___, ...argument } = command
  // zod leaves out what the payload left out, so no field is there and undefined
  return argument as Present<typeof argument>
}

type Present<T> = { [Key in keyof T]: Exclude<T[Key], undefined> }

type Parsed = {
  readonly raw?: unknown
  readonly fault?: { readonly actual: string; readonly expected: string }
}

function parsePayload(payload: Uint8Array): Parsed {
  const { byteLength } = payload
  if (byteLength > maxCommandBytes) {
    const expected = `at most ${maxCommandBytes} bytes`
    return { fault: { actual: `${byteLength} bytes long`, expected } }
  }
  try {
    return { raw: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) }
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error)
    return { fault: { actual: `no JSON (${actual})`, expected: 'a JSON object' } }
  }
}

function answerPayload(id: string | number | null, result: Answer): object {
  return typeof result === 'string'
    ? { id, result }
    : { id, result: 'error', error: errorPayload(result) }
}

function wrong(at: string, expected: string): DualportError {
  return new DualportError('DP_MQTT_COMMAND', { at, expected })
}

function asDualportError(error: unknown): DualportError {
  return error instanceof DualportError ? error : new DualportError('DP_INTERNAL', { cause: error })
}
