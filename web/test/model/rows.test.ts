import { expect, test } from 'vitest';
import type { PendingView } from '../../src/model/pending.ts';
import { rowsOf } from '../../src/model/rows.ts';

const message = (seq: number, from: string, minute: number) => ({
  ...{ roomId: 'abc12345', seq, id: `e.1-${seq}`, from, text: String(seq) },
  timestamp: new Date(2025, 0, 1, 15, minute).toISOString(),
});

const pending = (clientMsgId: string): PendingView => ({
  ...{ clientMsgId, text: 'mine', createdAtMs: new Date(2025, 0, 1, 15, 9).getTime(), status: 'sending', error: null },
  retry: () => undefined,
  discard: () => undefined,
});

const source = { messages: [], pending: [], gaps: [], toldSeqs: [], me: 'me' };

test('bubbles of one person within one minute belong together', () => {
  const rows = rowsOf({
    ...source,
    messages: [message(1, 'a', 1), message(2, 'a', 1), message(3, 'a', 2), message(4, 'b', 2)],
  });
  expect(rows.map((row) => (row.kind === 'bubble' ? [row.isFirst, row.isLast] : row.kind))).toEqual([
    'day',
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test('a day begins with its date', () => {
  const next = { ...message(2, 'a', 1), timestamp: new Date(2025, 0, 2, 8).toISOString() };
  expect(rowsOf({ ...source, messages: [message(1, 'a', 1), next] }).map(({ kind }) => kind)).toEqual([
    'day',
    'bubble',
    'day',
    'bubble',
  ]);
});

test('missing seqs and what the server told are lines of their own', () => {
  const messages = [message(1, 'a', 1), message(5, 'a', 1), message(6, 'a', 1)];
  const rows = rowsOf({ ...source, messages, gaps: [{ afterSeq: 1, beforeSeq: 5 }], toldSeqs: [6] });
  expect(rows.map(({ kind }) => kind)).toEqual(['day', 'bubble', 'gap', 'bubble', 'gap', 'bubble']);
});

test('a message keeps its key when it moves from pending to sent, so that nothing jumps', () => {
  const before = rowsOf({ ...source, pending: [pending('xyz')] }).at(-1);
  const after = rowsOf({ ...source, messages: [{ ...message(1, 'me', 9), clientMsgId: 'xyz' }] }).at(-1);
  expect(before?.key).toBe(after?.key);
  expect(after).toMatchObject({ bubble: { isOwn: true, pending: null } });
});
