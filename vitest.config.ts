import { defineConfig } from 'vitest/config'

/** They open machines and cards that keep time: one after the other, when the rest is done. */
const keepingTime = [
  'runtime/*.test.ts',
  'runtime/cli/*.test.ts',
  'runtime/worker/*.test.ts',
  'test/readme/*.test.ts',
  'test/sercos3/emulated-card.test.ts',
  'cards/sercos3/emulator/open-emulator.test.ts',
]
const elsewhere = ['node_modules/**', 'dist/**', 'test/kernel/**']

export default defineConfig({
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
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'keeping time',
          include: keepingTime,
          exclude: elsewhere,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
