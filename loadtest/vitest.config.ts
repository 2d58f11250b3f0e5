import { defineConfig } from 'vitest/config';

const suite = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit', 20_000),
      // Real k6 on a real cluster; on a fresh machine k6 is built first.
      suite('real', 600_000),
      // On demand (npm run test:broken in this folder): every scenario on clusters that are broken.
      suite('broken', 600_000),
    ],
  },
});
