import { expect, test } from 'vitest';
import { createHealth } from '../../src/ops/health.ts';

test('a node is ready when every check passes', async () => {
  const checks = [
    { name: 'redis', check: async () => {} },
    { name: 'bus', check: () => {} },
  ];
  const report = await createHealth({ checks }).report();
  expect(report).toMatchObject({
    ok: true,
    checks: [
      { name: 'redis', ok: true },
      { name: 'bus', ok: true },
    ],
  });
});

test('each check that fails says why, whether it throws, rejects or never answers', async () => {
  const checks = [
    { name: 'fine', check: () => {} },
    {
      name: 'throws',
      check: () => {
        throw new Error('at once');
      },
    },
    { name: 'rejects', check: async () => Promise.reject(new Error('later')) },
    { name: 'hangs', check: () => new Promise<void>(() => {}) },
  ];
  const { ok, checks: reports } = await createHealth({ checks, deadlineMs: 20 }).report();
  expect(ok).toBe(false);
  expect(reports.map(({ name, reason }) => [name, reason])).toEqual([
    ['fine', undefined],
    ['throws', 'at once'],
    ['rejects', 'later'],
    ['hangs', 'no answer within 20 ms'],
  ]);
});

test('probes that come at once share one round, the next probe asks again', async () => {
  let asked = 0;
  const health = createHealth({ checks: [{ name: 'one', check: async () => void asked++ }] });
  await Promise.all([health.report(), health.report(), health.report()]);
  expect(asked).toBe(1);
  await health.report();
  expect(asked).toBe(2);
});

test('who must not wait is given the report before, the first time the first', async () => {
  let isWell = true;
  const check = () => {
    if (!isWell) throw new Error('gone');
  };
  const health = createHealth({ checks: [{ name: 'one', check }] });
  expect((await health.latest()).ok).toBe(true);
  isWell = false;
  expect((await health.latest()).ok).toBe(true);
  expect((await health.report()).ok).toBe(false);
  expect((await health.latest()).ok).toBe(false);
});
