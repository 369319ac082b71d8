/** The topic tree, `<prefix>/<machine>/...`: the one table that code, README and tests share. */
import type { MachineFile } from '../machine-file/schema.ts'

export type TopicRow = {
  /** Below `<prefix>/<machine>/`; `<name>` stands for an axis, an I/O point, a device or a port. */
  readonly topic: string
  readonly direction: 'out' | 'in'
  readonly retained: boolean
  readonly payload: string
  readonly about: string
}

const sample = (unit: string): string =>
  `{"value": 12.3456, "unit": "${unit}", "cycle": 4711, "timeMs": 1767225600000.123}`

export const topicTable: readonly TopicRow[] = [
  {
    topic: 'state',
    direction: 'out',
    retained: true,
    payload: 'online',
    about: 'Or offline, also as the last will',
  },
  {
    topic: 'axis/<name>/position',
    direction: 'out',
    retained: true,
    payload: sample('mm'),
    about: "Actual position in the axis's unit",
  },
  {
    topic: 'axis/<name>/velocity',
    direction: 'out',
    retained: true,
    payload: sample('mm/s'),
    about: 'Actual velocity',
  },
  {
    topic: 'axis/<name>/torque',
    direction: 'out',
    retained: true,
    payload: sample('%'),
    about: 'Percent of the rated torque',
  },
  {
    topic: 'axis/<name>/followingError',
    direction: 'out',
    retained: true,
    payload: sample('mm'),
    about: 'Commanded minus actual position',
  },
  {
    topic: 'axis/<name>/status',
    direction: 'out',
    retained: true,
    payload:
      '{"state": "standstill", "power": "af", "homed": true, "error": null, "timeMs": 1767225600000.123}',
    about: 'PLCopen state, drive power and what put the axis into errorStop; on every change',
  },
  {
    topic: 'axis/<name>/command',
    direction: 'in',
    retained: false,
    payload:
      '{"id": 7, "replyTo": "me/answers", "command": "moveAbsolute", "position": 120, "velocity": 300}',
    about:
      "Only for axes with commands: ['mqtt']. Publish without the retain flag: a connected machine cannot see it (MQTT 3.1.1) and carries the command out; what the broker kept is refused at the next connect. An empty payload is ignored",
  },
  {
    topic: 'axis/<name>/answer',
    direction: 'out',
    retained: false,
    payload: '{"id": 7, "result": "done"}',
    about:
      'accepted when the axis has taken the command, then done, aborted or error; error alone when it was refused. On the replyTo of the command where it has one',
  },
  {
    topic: 'io/<name>',
    direction: 'out',
    retained: true,
    payload: '{"value": true, "timeMs": 1767225600000.123}',
    about: 'With a unit where the point has one',
  },
  {
    topic: 'ring/phase',
    direction: 'out',
    retained: true,
    payload:
      '{"phase": "CP2", "doing": "writing parameters", "fraction": 0.4, "timeMs": 1767225600000.123}',
    about: 'NRT, CP0 to CP4 and what is being done or waited for; fraction where it is known',
  },
  {
    topic: 'ring/topology',
    direction: 'out',
    retained: true,
    payload: '{"topology": "ring", "timeMs": 1767225600000.123}',
    about: 'noLink, linePort1, linePort2, brokenRing, ring, defectiveRing',
  },
  {
    topic: 'ring/device/<name>',
    direction: 'out',
    retained: true,
    payload: '{"state": "consuming", "losses": 0, "lossesInARow": 0, "timeMs": 1767225600000.123}',
    about:
      "State of the device's cyclic data (init, prepare, waiting, consuming, stopped, warning, error, absent) and cycles without them; on change, at most once per second",
  },
  {
    topic: 'ring/port/<name>',
    direction: 'out',
    retained: true,
    payload:
      '{"link": true, "framesReceived": 120000, "framesSent": 120000, "fcsErrors": 0, "alignmentErrors": 0, "discardedNoBuffer": 0, "discardedCollision": 0, "violations": 0, "sercosErrors": 0, "mstMisses": 0, "mstDoubleMisses": 0, "mstWindowErrors": 0, "at0Misses": 0, "timeMs": 1767225600000.123}',
    about:
      'What port 1 or 2 of the card has carried and what went wrong there, since it was opened or the counters were reset; on change, at most once per second',
  },
  {
    topic: 'cycle',
    direction: 'out',
    retained: false,
    payload:
      '{"timeMs": ..., "cycles": 60000, "cycleNs": 1000000, "latencyNs": {"p50": ..., "p99": ..., "p999": ..., "max": ...}, "executionNs": {...}, "jitterNs": {...}, "ringClock": {"driftPpb": ..., "jitterNs": ...}, "leastTimeLeftNs": ..., "counters": {"missedInterrupts": 0, ...}}',
    about: 'Once per second: statistics of the last second, counters since the start',
  },
  {
    topic: 'events',
    direction: 'out',
    retained: false,
    payload: '{"timeMs": ..., "kind": "phase", "severity": "info", "message": "CP3"}',
    about:
      'As they happen; severity info, warning or error; with axis, device and error where they have one',
  },
]

export type Quantity = 'position' | 'velocity' | 'torque' | 'followingError'

/** Every topic of one machine. */
export class Topics {
  readonly root: string

  constructor(file: Pick<MachineFile, 'name' | 'mqtt'>) {
    this.root = `${file.mqtt.prefix}/${file.name}`
  }

  get state(): string {
    return `${this.root}/state`
  }

  get cycle(): string {
    return `${this.root}/cycle`
  }

  get events(): string {
    return `${this.root}/events`
  }

  get phase(): string {
    return `${this.root}/ring/phase`
  }

  get topology(): string {
    return `${this.root}/ring/topology`
  }

  port(port: 1 | 2): string {
    return `${this.root}/ring/port/${port}`
  }

  device(name: string): string {
    return `${this.root}/ring/device/${name}`
  }

  /** Subscribes to the commands of every axis. */
  get commands(): string {
    return `${this.root}/axis/+/command`
  }

  axis(name: string, leaf: Quantity | 'status' | 'command' | 'answer'): string {
    return `${this.root}/axis/${name}/${leaf}`
  }

  point(name: string): string {
    return `${this.root}/io/${name}`
  }

  /** The axis that a command topic names, or `undefined` when it is none. */
  axisOfCommand(topic: string): string | undefined {
    const [group, name, leaf, ...more] = topic.slice(this.root.length + 1).split('/')
    if (!topic.startsWith(`${this.root}/`) || group !== 'axis') return undefined
    return leaf === 'command' && more.length === 0 ? name : undefined
  }
}
