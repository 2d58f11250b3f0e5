import { expect, test } from 'vitest';
import type { PendingView } from '../../src/model/pending.ts';
import { createRowBuilder, type RowSource } from '../../src/model/rows.ts';

const message = (seq: number, from: string, minute: number) => ({
  ...{ roomId: 'abc12345', seq, id: `e.1-${seq}`, from, text: String(seq) },
  timestamp: new Date(2025, 0, 1, 15, minute).toISOString(),
});

const pending = (clientMsgId: string): PendingView => ({
  ...{ clientMsgId, text: 'mine', createdAtMs: new Date(2025, 0, 1, 15, 9).getTime(), status: 'sending', error: null },
  retry: () => undefined,
  discard: () => undefined,
});

const source: RowSource = { messages: [], pending: [], gaps: [], toldSeqs: [], dividerSeq: null, me: 'me' };

const rowsOf = (given: RowSource) => createRowBuilder()(given);

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

test('what waited over midnight stands at the end and brings no day back', () => {
  const waited = pending('old');
  const fresh = { ...pending('new'), createdAtMs: new Date(2025, 0, 2, 10).getTime() };
  const today = { ...message(2, 'a', 1), timestamp: new Date(2025, 0, 2, 8).toISOString() };
  const rows = rowsOf({ ...source, messages: [message(1, 'a', 1), today], pending: [waited, fresh] });
  expect(rows.map(({ kind }) => kind)).toEqual(['day', 'bubble', 'day', 'bubble', 'bubble', 'bubble']);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
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

test('what others wrote beyond the place one had read to begins with a line, and no group reaches across it', () => {
  const messages = [message(1, 'a', 1), message(2, 'a', 1), message(3, 'a', 1)];
  const rows = rowsOf({ ...source, messages, dividerSeq: 2 });
  expect(rows.map((row) => (row.kind === 'bubble' ? [row.isFirst, row.isLast] : row.kind))).toEqual([
    'day',
    [true, false],
    [false, true],
    'unread',
    [true, true],
  ]);
});

test('no line is drawn where the place one had read to is not here', () => {
  const rows = rowsOf({ ...source, messages: [message(9, 'a', 1)], dividerSeq: 2 });
  expect(rows.map(({ kind }) => kind)).toEqual(['day', 'bubble']);
});

test('own messages are never new', () => {
  const rows = rowsOf({ ...source, messages: [message(1, 'a', 1), message(2, 'me', 1)], dividerSeq: 1 });
  expect(rows.map(({ kind }) => kind)).toEqual(['day', 'bubble', 'bubble']);
});

test('rows that have not changed are the same objects, so that nothing draws them again', () => {
  const build = createRowBuilder();
  const messages = [message(1, 'a', 1), message(2, 'b', 1)];
  const before = build({ ...source, messages });
  const after = build({ ...source, messages: [...messages, message(3, 'b', 1)] });
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[0]).toBe(before[0]);
  expect(after[1]).toBe(before[1]);
  // The one that was the last of its group is another row now: it shows no time any more.
  expect(after[2]).not.toBe(before[2]);
});

test('bubbles move to the other side when it turns out who one is', () => {
  const build = createRowBuilder();
  const messages = [message(1, 'me', 1)];
  const sideOf = (me: string) =>
    build({ ...source, messages, me }).flatMap((row) => (row.kind === 'bubble' ? [row.bubble.isOwn] : []));
  expect([sideOf(''), sideOf('me')]).toEqual([[false], [true]]);
});
