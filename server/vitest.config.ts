import { defineConfig } from 'vitest/config';

const suite = (name: string, extra: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    ...extra,
  },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit'),
      suite('contract'),
      suite('http'),
      suite('cluster', {
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        maxWorkers: 1,
        sequence: { groupOrder: 1 },
        globalSetup: ['test/support/shared-cluster.ts'],
      }),
      // With the times as they are shipped: mostly waiting, so it goes beside the others.
      suite('realtime', { testTimeout: 180_000 }),
      suite('faults', {
        include: ['test/faults/**/*.fault.ts'],
        testTimeout: 240_000,
        fileParallelism: false,
        maxWorkers: 1,
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
