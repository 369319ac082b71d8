/**
 * The machine file: the one description of a machine. This zod schema is its single source: the types, the JSON Schema
 * (`dualport schema`) and the checks come from it. Relations between fields are checked in relations.ts.
 * A message given to a rule completes "expected ...".
 */
import { z } from 'zod'
import { maxDevices } from '../../cards/sercos3/driver/config/config.ts'
import { axisSchema, camSchema } from './axis-schema.ts'
import { defaults } from './defaults.ts'
import { groupSchema } from './group-schema.ts'
import { name } from './name-schema.ts'
import { cardSchema, deviceSchema } from './ring-schema.ts'

const finite = z.number()
const positive = z.number().positive()
const pointDevice = name.describe('Name of a device with the profile io')
const digitalChannel = z.int().min(0).max(63)
const analogChannel = z.int().min(0).max(7)
const rawPerUnit = positive
  .default(defaults.rawPerUnit)
  .describe('Raw steps of the 16-bit channel per unit; the default makes 10 V of full scale')
const pointUnit = z.string().min(1).default('V')

const pointSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('digitalInput'),
    name,
    device: pointDevice,
    channel: digitalChannel,
  }),
  z.strictObject({
    kind: z.literal('digitalOutput'),
    name,
    device: pointDevice,
    channel: digitalChannel,
    safe: z.boolean().default(false).describe('Value in the safe state'),
  }),
  z.strictObject({
    kind: z.literal('analogInput'),
    name,
    device: pointDevice,
    channel: analogChannel,
    unit: pointUnit,
    rawPerUnit,
  }),
  z.strictObject({
    kind: z.literal('analogOutput'),
    name,
    device: pointDevice,
    channel: analogChannel,
    unit: pointUnit,
    rawPerUnit,
    safe: finite.default(0).describe('Value in the safe state, in the unit of this point'),
  }),
])

const taskSchema = z.strictObject({
  module: z.string().describe('Path of the cyclic task module, relative to this file'),
})

const realtimeSchema = z.strictObject({
  policy: z
    .enum(['fifo', 'other'])
    .default('fifo')
    .describe('Linux scheduler of the cyclic worker: SCHED_FIFO or SCHED_OTHER'),
  priority: z.int().min(1).max(99).default(80).describe('Of SCHED_FIFO'),
  cpu: z.int().min(0).optional().describe('CPU of the cyclic worker; left out: the last one'),
  lockMemory: z.boolean().default(true).describe('Keep the memory of this process in RAM'),
  timerSlackNs: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('How late the kernel may wake a timed wait'),
  required: z
    .boolean()
    .default(false)
    .describe('Refuse to run when something is not granted, instead of warning'),
  stallMs: z
    .int()
    .min(20)
    .max(60_000)
    .default(defaults.stallMs)
    .describe('Main thread and worker each count as stalled after this time'),
  toleratedOverruns: z
    .int()
    .min(0)
    .default(10)
    .describe('Overruns in a row that are only counted; one more makes the machine safe'),
  rehearse: z
    .boolean()
    .default(true)
    .describe(
      'Play the cycle through before the card is touched, which takes some tenths of a second; false: the first cycles are slow',
    ),
})

const publishRule = z
  .strictObject({
    intervalMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .default(100)
      .describe('At most one message in this time; 0: as often as the streams are drained (10 ms)'),
    deadBand: z
      .number()
      .min(0)
      .default(0)
      .describe("A change up to this, in the signal's unit, is not published"),
    onChange: z.boolean().default(true).describe('False: at every interval, changed or not'),
  })
  .describe('When a signal is published')

const brokerUrl = z
  .string()
  .refine(isBrokerUrl, 'mqtt:// or mqtts:// and a host, without user name and password')

const mqttSchema = z.strictObject({
  enabled: z.boolean().default(true),
  url: brokerUrl
    .optional()
    .describe('mqtt:// or mqtts:// of a broker; left out: an embedded broker on loopback'),
  port: z
    .int()
    .min(0)
    .max(65535)
    .optional()
    .describe('Port of the embedded broker; 0: a free one; left out: 1883, or a free one if busy'),
  prefix: z
    .string()
    .regex(/^[^+#\s/$]([^+#\s]*[^+#\s/])?$/, 'a topic without +, #, spaces and outer slashes')
    .default('dualport')
    .describe('First levels of every topic'),
  username: z.string().optional().describe('Of a broker given by url'),
  password: z.string().optional().describe('Or the environment variable DUALPORT_MQTT_PASSWORD'),
  ca: z.string().optional().describe('PEM file of the authority that signed the broker'),
  cert: z.string().optional().describe('PEM file of our own certificate'),
  key: z.string().optional().describe('PEM file of its private key'),
  rejectUnauthorized: z
    .boolean()
    .default(true)
    .describe('False: talk to a broker whose certificate cannot be checked'),
  qos: z
    .union([z.literal(0), z.literal(1)])
    .default(0)
    .describe('0: a message may be lost with the connection; 1: the broker acknowledges each'),
  queueMessages: z
    .int()
    .min(10)
    .max(1_000_000)
    .default(10000)
    .describe('Bound of the queue in front of the client; the oldest are dropped and counted'),
  publish: z
    .strictObject({
      default: publishRule.prefault({}),
      signals: z
        .record(z.string(), publishRule)
        .default({})
        .describe("Per signal, such as 'axis/x/position' or 'io/lamp'"),
    })
    .prefault({}),
})

export const machineSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name,
    cycleUs: z
      .number()
      .min(31.25)
      .max(65000)
      .default(defaults.cycleUs)
      .describe('Sercos cycle time in us: 31.25, 62.5, 125, or a multiple of 250 up to 65000'),
    card: cardSchema,
    devices: z
      .array(deviceSchema)
      .min(1)
      .max(maxDevices)
      .describe('The devices on the ring, in the order of the cables, seen from port 1'),
    axes: z.array(axisSchema).default([]),
    groups: z.array(groupSchema).max(16).default([]).describe('Axes that move a tool together'),
    cams: z.array(camSchema).max(100).default([]).describe('Cams that slaves follow, by name'),
    io: z.array(pointSchema).default([]),
    user: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'the name of a user')
      .optional()
      .describe(
        'User that the process becomes, for good, once the card is open: started as root, it keeps CAP_SYS_NICE and CAP_IPC_LOCK. Left out: it goes on as whoever started it',
      ),
    task: taskSchema.optional().describe('Left out: the built-in motion task'),
    realtime: realtimeSchema.prefault({}),
    mqtt: mqttSchema.prefault({}),
  })
  .describe('A dualport machine')

/** A machine after defaults were filled in. */
export type MachineFile = z.output<typeof machineSchema>
/** What a user writes. */
export type MachineInput = z.input<typeof machineSchema>
export type AxisFile = MachineFile['axes'][number]
export type CamFile = MachineFile['cams'][number]
export type PointFile = MachineFile['io'][number]
export type DeviceFile = MachineFile['devices'][number]
export type RealtimeFile = MachineFile['realtime']
export type MqttFile = MachineFile['mqtt']
export type PublishRule = MqttFile['publish']['default']

function isBrokerUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.hostname === '' || url.username !== '' || url.password !== '')
    return false
  return url.protocol === 'mqtt:' || url.protocol === 'mqtts:'
}
