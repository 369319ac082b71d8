/**
 * A worker for tests: writes records whose fields all hold the record's number, in bursts that lap a reader, with pauses in
 * which it catches up.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { RecordWriter } from '../../runtime/shared/record-ring.ts'

const { memory, fields, records } = workerData as {
  memory: SharedArrayBuffer
  fields: number
  records: number
}
const burst = 150
const pauseMs = 0.02
const writer = new RecordWriter(memory, fields)
for (let number = 0; number < records; number++) {
  writer.begin()
  for (let field = 0; field < fields; field++) writer.slots[writer.base + field] = number
  writer.push()
  if (number % burst !== 0) continue
  const end = performance.now() + pauseMs
  while (performance.now() < end);
}
parentPort?.postMessage('done', [])
