import { availableParallelism } from 'node:os'

import { defineConfig } from 'vitest/config'

/** Their tasks loop for ever: nothing else may run beside them. */
const alone = ['runtime/safe-state.test.ts']
/** They open machines and cards that keep time: few at once, when the rest is done. */
const keepingTime = [
  'runtime/*.test.ts',
  'runtime/cli/*.test.ts',
  'runtime/worker/*.test.ts',
  'test/sercos3/emulated-card.test.ts',
  'cards/sercos3/emulator/open-emulator.test.ts',
]
const elsewhere = ['node_modules/**', 'dist/**', 'test/kernel/**']

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
          name: 'parallel',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, ...keepingTime],
          // the default leaves one CPU free, on two that is half of them
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'keeping time',
          include: keepingTime,
          exclude: [...elsewhere, ...alone],
          maxWorkers: 2,
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
