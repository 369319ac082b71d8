import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { BoardReader, BoardWriter, createBoard } from './observation-board.ts'

const length = 64

/** Fills the board with one number after another until told to stop. */
const writing = `
  const { workerData } = require('node:worker_threads')
  const stop = new Int32Array(workerData.stop)
  import(workerData.module).then(({ BoardWriter }) => {
    const writer = new BoardWriter(workerData.board)
    for (let n = 1; Atomics.load(stop, 0) === 0; n++) {
      writer.begin()
      writer.values.fill(n)
      writer.end()
      // as a card's cycle does, leave readers some time between two rows
      for (let wait = 0; wait < 2000; wait++) Atomics.load(stop, 0)
    }
  })
`

test('a reader never sees half a row of a writer that does not wait', async () => {
  const board = createBoard(length)
  const stop = new SharedArrayBuffer(4)
  const module = new URL('./observation-board.ts', import.meta.url).href
  const worker = new Worker(writing, { eval: true, workerData: { board, stop, module } })
  const reader = new BoardReader(board)
  const seen = new Set<number>()
  let torn = 0
  const deadline = performance.now() + 3000
  while (seen.size < 100 && performance.now() < deadline) {
    const row = reader.read()
    if (row.some((value) => value !== row[0])) torn++
    seen.add(row[0] ?? -1)
  }
  Atomics.store(new Int32Array(stop), 0, 1)
  await once(worker, 'exit')
  expect(seen.size).toBeGreaterThan(10)
  expect(torn).toBe(0)
})

test('after a writer that died inside, the last whole row is read', () => {
  const board = createBoard(length)
  const writer = new BoardWriter(board)
  const reader = new BoardReader(board)
  writer.begin()
  writer.values.fill(1)
  writer.end()
  expect(reader.read()[length - 1]).toBe(1)
  writer.begin()
  writer.values.fill(2)
  expect(reader.read()[length - 1]).toBe(1)
})
