import { defineConfig } from 'vitest/config';

/** Tests on a real cluster: one file at a time unless told, because there is only one machine. */
const real = {
  environment: 'node',
  fileParallelism: false,
  maxConcurrency: 4,
  // Files share nothing but modules: a browser driver is loaded once, not a dozen times.
  isolate: false,
  testTimeout: 120_000,
  hookTimeout: 180_000,
  // The longest wait between two attempts of a client to connect is 30 s.
  expect: { poll: { timeout: 45_000, interval: 20 } },
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          environment: 'node',
          restoreMocks: true,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...real,
          name: 'live',
          include: ['e2e/**/*.live.test.ts'],
          globalSetup: ['e2e/support/builds.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...real,
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          globalSetup: ['e2e/support/shared-site.ts'],
          sequence: { groupOrder: 2 },
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      {
        // What is measured runs alone.
        test: {
          ...real,
          name: 'budgets',
          include: ['e2e/**/*.budget.test.ts'],
          globalSetup: ['e2e/support/shared-site.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
