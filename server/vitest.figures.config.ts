/** Figures that take too long for every run: `npm run test:presence`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/figures/**/*.figure.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
