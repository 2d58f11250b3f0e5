import { beforeEach, expect, test } from 'vitest';
import { createFailures } from '../../src/ops/failures.ts';
import { ChatError } from '../../src/service/chat-error.ts';

let nowMs = 0;
let lines: Record<string, unknown>[] = [];
let warnings: Record<string, unknown>[] = [];
let counts: Record<string, number> = {};

beforeEach(() => {
  nowMs = 0;
  lines = [];
  warnings = [];
  counts = {};
});

function open() {
  return createFailures({
    logger: {
      error: (fields: unknown) => void lines.push(Object(fields)),
      warn: (fields: unknown) => void warnings.push(Object(fields)),
    },
    count: (stage) => {
      counts[stage] = (counts[stage] ?? 0) + 1;
    },
    nowMs: () => nowMs,
    linesPerWindow: 2,
    windowMs: 1_000,
  });
}

test('a failure is counted by its stage and logged with its error and trace id', () => {
  const error = Object.assign(new Error('away'), { traceId: 't1' });
  open().report('bus', error);
  expect(counts).toEqual({ bus: 1 });
  expect(lines).toEqual([{ stage: 'bus', traceId: 't1', err: error }]);
});

test('identical lines beyond a few are counted, and the next window says how many were left out', () => {
  const failures = open();
  for (let i = 0; i < 10; i++) failures.report('bus', new Error('away'));
  failures.report('bus', new Error('other'));
  expect(counts.bus).toBe(11);
  expect(lines).toHaveLength(3);
  nowMs = 1_000;
  failures.report('bus', new Error('away'));
  expect(lines.at(-1)).toMatchObject({ suppressed: 8 });
});

test('a service that is away is a warning, once in a while for each stage, and counted each time', () => {
  const failures = open();
  const away = new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
  for (let i = 0; i < 50; i++) failures.report('presence.renew', away);
  failures.report('fanout.audit', away);
  failures.report('catalogue', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  expect(lines).toEqual([]);
  expect(warnings.map(({ stage }) => stage)).toEqual(['presence.renew', 'fanout.audit', 'catalogue']);
  expect(counts).toEqual({ 'presence.renew': 50, 'fanout.audit': 1, catalogue: 1 });
  nowMs = 1_000;
  failures.report('presence.renew', away);
  expect(warnings.at(-1)).toMatchObject({ stage: 'presence.renew', suppressed: 49 });
  failures.report('presence.renew', new ChatError('INTERNAL'));
  expect(lines).toHaveLength(1);
});

test('what is thrown need not be an error', () => {
  const failures = open();
  for (const thrown of [null, undefined, 'text', 7]) failures.report('odd', thrown);
  expect(counts.odd).toBe(4);
});

test('a flood of different messages is bounded in memory and still counted', () => {
  const failures = open();
  for (let i = 0; i < 2_000; i++) failures.report('bus', new Error(`away ${i}`));
  expect(counts.bus).toBe(2_000);
  failures.report('bus', new Error('away 1999'));
  failures.report('bus', new Error('away 1999'));
  expect(lines).toHaveLength(2_001);
});
