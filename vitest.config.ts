import { availableParallelism } from 'node:os'

import { defineConfig } from 'vitest/config'

/** Processes and threads that tests start load the same modules again and again: Node keeps what it has compiled. */
process.env['NODE_COMPILE_CACHE'] ??= new URL(
  'node_modules/.cache/compiled',
  import.meta.url,
).pathname

/** Its tasks loop for ever: nothing else may run beside them. */
const alone = ['runtime/endless-task.test.ts']
/** They open machines and cards that keep time: few at once, when the rest is done. */
const keepingTime = [
  'runtime/{back-pressure,embedding-program,failures,leave-root,locked-memory,machine}.test.ts',
  'runtime/{open-machine,open-refusals,reopen-card,ring,safe-state,stock-driver}.test.ts',
  'runtime/cli/{demo,idn}.test.ts',
  'test/sercos3/emulated-card.test.ts',
  'cards/sercos3/emulator/open-emulator.test.ts',
]
const elsewhere = ['node_modules/**', 'dist/**', 'test/kernel/**']

/** What these see of their process is theirs alone: its heap, its threads, its children, its files. */
const processOfTheirOwn = [
  '*allocation|steady-state|cycle|rehearsal',
  'record-ring|observation-board|emulated-card|open-emulator',
  'memory-file|card-server|guest-memory|chip-registers|stock-driver|foreign-master',
].join('|')
/** Functions, and models in simulated time. A process runs many such files. */
const simulated = [
  'control/**',
  'cards/**',
  'test/sercos3/**',
  'runtime/{machine-file,shared,worker,cli/idn}',
  'test/bench/**',
].map((folder) => `${folder}/!(${processOfTheirOwn}).test.ts`)

const seeded = new URL('test/seeded-fast-check.ts', import.meta.url).pathname

export default defineConfig({
  // the same cases in each run; the file says how to have others
  resolve: { alias: [{ find: /^fast-check$/, replacement: seeded }] },
  test: {
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'simulated',
          include: simulated,
          exclude: elsewhere,
          // what they share is imported and compiled once
          isolate: false,
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parallel',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, ...keepingTime, ...alone, ...simulated],
          // one more than can be at work, because some wait
          maxWorkers: availableParallelism() + 1,
          // a compiler that was late on a busy host is no fault; a fault shows itself twice
          retry: 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'keeping time',
          include: keepingTime,
          exclude: elsewhere,
          maxWorkers: 2,
          // as above, of a host that was late
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
