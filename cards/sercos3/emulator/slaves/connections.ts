/** All connections of one slave: adopted when CP3 begins, served in CP4, shown in S-0-1050.x and S-0-1051. */
import type { Link } from './application.ts'
import type { CommunicationParameters } from './communication-parameters.ts'
import type { ConnectionParameters } from './connection-parameters.ts'
import { Consumer, Producer, consumerState } from './connection.ts'
import type { ParameterStore } from './parameter-store.ts'
import { connectionBytes, isActive, isProducer, layoutOf } from './telegram-layout.ts'

export class Connections {
  private readonly parameters: CommunicationParameters
  private readonly store: ParameterStore
  private readonly byInstance = new Map<ConnectionParameters, Consumer | Producer>()
  private consumers: readonly Consumer[] = []
  private producers: readonly Producer[] = []
  private stuck = false

  constructor(parameters: CommunicationParameters, store: ParameterStore) {
    this.parameters = parameters
    this.store = store
    this.show()
  }

  /** CP3: what the master configured. */
  adopt(): void {
    const tScycNs = this.parameters.tScyc.get()
    this.drop()
    for (const connection of this.parameters.connections) {
      if (!isActive(connection)) continue
      const layout = layoutOf(connection, this.store, tScycNs)
      const end = isProducer(connection) ? new Producer(layout) : new Consumer(layout)
      this.byInstance.set(connection, end)
    }
    const ends = [...this.byInstance.values()]
    this.consumers = ends.filter((end) => end instanceof Consumer)
    this.producers = ends.filter((end) => end instanceof Producer)
    this.stickToggle(this.stuck)
  }

  /** CP4 begins. */
  start(): void {
    for (const end of this.byInstance.values()) end.start()
  }

  /** Cyclic operation is over. */
  drop(): void {
    this.byInstance.clear()
    this.consumers = []
    this.producers = []
  }

  /** Fault: the producers' new-data bits stand still from now on, or go on. */
  stickToggle(stuck: boolean): void {
    this.stuck = stuck
    for (const producer of this.producers) producer.stuck = stuck
  }

  /** The fault ends. */
  mend(): void {
    this.stickToggle(false)
  }

  /** Consumers in error wait again for their producers. */
  clearErrors(): void {
    for (const consumer of this.consumers)
      if (consumer.state === consumerState.error) consumer.start()
  }

  /** The first MDTs of a cycle. Cyclic. */
  serve(mdt: readonly Uint8Array[]): void {
    for (let n = 0; n < this.consumers.length; n++) {
      const consumer = this.consumers[n] as Consumer
      consumer.receive(mdt[consumer.layout.telegram] as Uint8Array)
    }
    for (let n = 0; n < this.producers.length; n++) (this.producers[n] as Producer).produce()
  }

  /** Cyclic. */
  insert(at: readonly Uint8Array[]): void {
    for (let n = 0; n < this.producers.length; n++) {
      const producer = this.producers[n] as Producer
      producer.insert(at[producer.layout.telegram] as Uint8Array)
    }
  }

  /** The end of a cycle: counts losses and says how the consumers are. Cyclic. */
  sumUp(link: Link, operational: boolean): void {
    link.operational = operational
    link.fresh = false
    link.lost = false
    link.live = operational && this.consumers.length > 0
    for (let n = 0; n < this.consumers.length; n++) {
      const consumer = this.consumers[n] as Consumer
      if (operational) consumer.endOfCycle()
      const { state } = consumer
      if (consumer.fresh) link.fresh = true
      if (state === consumerState.error) link.lost = true
      if (state !== consumerState.consuming && state !== consumerState.warning) link.live = false
      consumer.fresh = false
    }
  }

  private lossesOf(connection: ConnectionParameters): number {
    const end = this.byInstance.get(connection)
    return end instanceof Consumer ? Math.min(end.totalLosses, 0xffff) : 0
  }

  /** These data are worked out when they are read. */
  private show(): void {
    const { connections, connectionImage } = this.parameters
    connectionImage.beforeRead = () => {
      connectionImage.setList(connections.map(({ setup }) => setup.get()))
    }
    for (const connection of connections) {
      const { length, cCon, state, losses } = connection
      length.beforeRead = () => length.set(connectionBytes(connection, this.store))
      cCon.beforeRead = () => cCon.set(this.byInstance.get(connection)?.cCon ?? 0)
      state.beforeRead = () => state.set(this.byInstance.get(connection)?.state ?? 0)
      losses.beforeRead = () => losses.set(this.lossesOf(connection))
    }
  }
}
