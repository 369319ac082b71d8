/** One machine under the command line: open, show, wait for the end, close. `run` and `demo` differ in what runs in it. */
import { setImmediate } from 'node:timers/promises'
import { connectMqtt } from '../mqtt/connect-mqtt.ts'
import type { MqttLink } from '../mqtt/connect-mqtt.ts'
import { openMachine } from '../machine.ts'
import type { OpenedMachine } from '../opened-machine.ts'
import { ServiceManager } from '../service/service-manager.ts'
import { exitCode } from './exit-code.ts'
import { MachineWatch } from './machine-watch.ts'
import { mannerFor, Output } from './output.ts'
import type { StopSignal } from './stop-signal.ts'
import { tellConnection } from './tell-connection.ts'

export type SessionOptions = {
  readonly json?: boolean
  readonly mqtt?: boolean
  readonly user?: string
}

export type Session = {
  readonly machine: OpenedMachine
  readonly link: MqttLink | undefined
  readonly output: Output
  /** Aborted when the session ends. */
  readonly ending: AbortSignal
}

/**
 * Runs a machine until `stop` (exit code 0; a stop that came before opens nothing) or until it is in its safe state (1).
 * `work` runs beside it once the bus is operational; its failure makes a warning, and ends nothing.
 */
export async function runSession(
  source: string | URL,
  options: SessionOptions,
  stop: StopSignal,
  work: (session: Session) => Promise<void> = async () => {},
): Promise<number> {
  // a signal that came while modules were loaded is heard when the event loop polls: at the latest between two turns
  await setImmediate()
  await setImmediate()
  if (stop.isStopped) return exitCode.done
  const output = new Output(mannerFor(options))
  const ending = new AbortController()
  const machine = await openMachine(
    source,
    options.user === undefined ? {} : { user: options.user },
  )
  machine.events$.subscribe((event) => output.event(event))
  const link = await connect(machine, options).catch(async (error: unknown) => {
    await machine.close()
    throw error
  })
  const watch = new MachineWatch(machine, link)
  const service = new ServiceManager()
  const connection = link && tellConnection(link, output)
  try {
    output.show(() => watch.view)
    const safe = Promise.withResolvers<'safe'>()
    machine.events$.subscribe(({ kind }) => kind === 'safe' && safe.resolve('safe'))
    machine.operational.then(
      () => service.ready('the ring is in CP4'),
      () => {},
    )
    void worked({ machine, link, output, ending: ending.signal }, work)
    const end = await Promise.race([stop.stopped, safe.promise])
    return end === 'safe' ? exitCode.failed : exitCode.done
  } finally {
    ending.abort()
    service.stopping()
    output.stop()
    watch.close()
    connection?.unsubscribe()
    await machine.close()
    await link?.close()
    service.close()
    sayClosed(machine, output)
  }
}

async function connect(
  machine: OpenedMachine,
  options: SessionOptions,
): Promise<MqttLink | undefined> {
  if (options.mqtt === false || !machine.file.mqtt.enabled) return undefined
  return connectMqtt(machine)
}

async function worked(session: Session, work: (session: Session) => Promise<void>): Promise<void> {
  try {
    await session.machine.operational
    session.output.say(
      `first cycle in CP4 ${(performance.now() / 1000).toFixed(2)} s after the start`,
    )
    await work(session)
  } catch (error) {
    // when the machine went to its safe state, its events have said why
    if (!session.ending.aborted && session.machine.safeReason === undefined)
      session.output.warn(error instanceof Error ? error.message : String(error))
  }
}

/** As the drives reported last. */
function sayClosed(machine: OpenedMachine, output: Output): void {
  const powered = machine.axes.filter(({ status }) => status.power === 'af')
  if (powered.length > 0)
    output.warn(`closed, but ${powered.map(({ name }) => name).join(', ')} reported power last`)
  else output.say(`closed: ${machine.axes.length} drives disabled, outputs safe`)
}
