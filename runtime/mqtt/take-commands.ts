/**
 * Takes axis commands from MQTT. Three rules keep a broker's habits from moving an axis twice or late: commands are
 * subscribed at QoS 0, retained ones are refused, and the client has no session that could hold them back.
 */
import { DualportError } from '../../errors.ts'
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
/** Commands whose promise has not settled, over all axes. */
export const maxCommandsUnderWay = 100

type Answer = 'accepted' | CommandEnd['end'] | DualportError

export class CommandTaker {
  readonly #machine: Machine
  readonly #topics: Topics
  readonly #openAxes: ReadonlySet<string>
  readonly #publish: (message: Message) => void
  #underWay = 0

  constructor(machine: Machine, file: MachineFile, publish: (message: Message) => void) {
    this.#machine = machine
    this.#topics = new Topics(file)
    const open = file.axes.filter((axis) => axis.commands.includes('mqtt'))
    this.#openAxes = new Set(open.map((axis) => axis.name))
    this.#publish = publish
  }

  /** A message of `topics.commands`. Answers, never throws. */
  take(topic: string, payload: Uint8Array, retained: boolean): void {
    const name = this.#topics.axisOfCommand(topic)
    if (name === undefined) return
    const raw = parseJson(payload)
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
    else if (this.#underWay >= maxCommandsUnderWay)
      answer(new DualportError('DP_MQTT_COMMAND_BUSY', { at: topic, actual: this.#underWay }))
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
      const end = give(axis, command)
      answer('accepted')
      answer((await end).end)
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
      return axis.enable()
    case 'disable':
      return axis.disable()
    case 'home':
      return axis.home(command.position === undefined ? {} : { position: command.position })
    case 'moveAbsolute':
      return axis.moveAbsolute(motionOf(command))
    case 'moveRelative':
      return axis.moveRelative(motionOf(command))
    case 'moveVelocity':
      return axis.moveVelocity(motionOf(command))
    case 'halt':
      return axis.halt()
    case 'stop':
      return axis.stop()
    case 'reset':
      break
  }
  return axis.reset()
}

/** The fields of the motion alone, without those that were left out. */
function motionOf<Motion extends { id: unknown; replyTo?: unknown; command: unknown }>(
  command: Motion,
): Present<Omit<Motion, 'id' | 'replyTo' | 'command'>> {
  const { id: _, replyTo: __, command: ___, ...motion } = command
  // zod leaves out what the payload left out, so no field is there and undefined
  return motion as Present<typeof motion>
}

type Present<T> = { [Key in keyof T]: Exclude<T[Key], undefined> }

function parseJson(payload: Uint8Array): unknown {
  if (payload.byteLength > maxCommandBytes) return undefined
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    // undefined is answered as a payload that is no object
    return undefined
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
