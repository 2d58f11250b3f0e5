/** The ledger finds what was lost, doubled or out of order, and nothing else. */
import type { Joined, Message } from '@c2c/server/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRoomLedger, type RoomLedger } from '../../src/room-ledger.ts';

const messageOf = (seq: number, clientMsgId?: string): Message => ({
  ...{ roomId: 'abcd1234', seq, id: `e.g-${seq}`, from: 'user1', text: 'hello', timestamp: '2025-01-01T00:00:00.000Z' },
  ...(clientMsgId === undefined ? {} : { clientMsgId }),
});

const joinedAt = (seq: number, more: Partial<Joined> = {}): Joined => ({
  ...{ roomId: 'abcd1234', title: null, me: 'user1', members: [], online: [], memberCount: 0, onlineCount: 0 },
  ...{ rev: 1, reads: {}, seq, position: `e.g-${seq}`, missed: [], more: false, ...more },
});

function ledgerAt(seq: number): RoomLedger {
  const ledger = createRoomLedger();
  ledger.joined(joinedAt(seq), () => undefined);
  return ledger;
}

test('nothing is missing when every message came once and in order', () => {
  const ledger = ledgerAt(10);
  expect([11, 12, 13].map((seq) => ledger.message(messageOf(seq)))).toEqual(['next', 'next', 'next']);
  expect(ledger.hasAll(13)).toBe(true);
  expect(ledger.verdict(13)).toEqual({ lost: 0 });
});

test('what never came counts as lost, in the middle and at the end', () => {
  const ledger = ledgerAt(0);
  for (const seq of [1, 2, 5]) ledger.message(messageOf(seq));
  expect(ledger.hasAll(5)).toBe(false);
  expect(ledger.verdict(7)).toEqual({ lost: 4 });
});

test('a message that comes behind a later one is late, and not lost', () => {
  const ledger = ledgerAt(0);
  expect([1, 3, 2].map((seq) => ledger.message(messageOf(seq)))).toEqual(['next', 'next', 'late']);
  expect(ledger.verdict(3)).toEqual({ lost: 0 });
});

test('a message that comes again is a duplicate', () => {
  const ledger = ledgerAt(4);
  expect([5, 5, 4].map((seq) => ledger.message(messageOf(seq)))).toEqual(['next', 'duplicate', 'duplicate']);
});

test('for any order of arrival, lost and duplicated are what sets say', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), fc.integer({ min: 30, max: 40 }), (seqs, truth) => {
      const ledger = ledgerAt(0);
      const entries = seqs.map((seq) => ledger.message(messageOf(seq)));
      const different = new Set(seqs).size;
      expect(entries.filter((entry) => entry === 'duplicate')).toHaveLength(seqs.length - different);
      expect(ledger.verdict(truth)).toEqual({ lost: truth - different });
    }),
  );
});

test('who comes back takes what it missed, by the answer of the join and by pages', () => {
  const ledger = ledgerAt(0);
  ledger.message(messageOf(1));
  const heard: number[] = [];
  const hear = (message: Message) => {
    heard.push(message.seq);
    ledger.message(message);
  };
  const back = joinedAt(5, { recovered: true, missed: [messageOf(2), messageOf(3)], more: true });

  expect(ledger.joined(back, hear)).toBe('history');
  const page = { messages: [messageOf(4), messageOf(5), messageOf(6)], hasMore: false, recovered: true };
  expect(ledger.page(page, hear)).toBe(false);
  expect(heard).toEqual([2, 3, 4, 5]);
  expect(ledger.message(messageOf(6))).toBe('next');
  expect(ledger.verdict(6)).toEqual({ lost: 0 });
});

test('a replay that leaves something out is found', () => {
  const ledger = ledgerAt(1);
  ledger.joined(joinedAt(4, { recovered: true, missed: [messageOf(2), messageOf(4)] }), (message) =>
    ledger.message(message),
  );
  expect(ledger.verdict(4)).toEqual({ lost: 1 });
});

test('who is told that its history is gone has lost nothing silently', () => {
  const ledger = ledgerAt(1);
  expect(ledger.joined(joinedAt(900, { recovered: false }), () => undefined)).toBe('cut');
  expect(ledger.verdict(900)).toEqual({ lost: 0 });
});

test('an own message that was acknowledged and never came is lost, whichever of the two came first', () => {
  const ledger = ledgerAt(0);
  for (const id of ['a', 'b', 'c']) ledger.sending(id);
  ledger.acknowledged('a', 1);
  ledger.message(messageOf(1, 'a'));
  ledger.message(messageOf(2, 'b'));
  ledger.acknowledged('b', 2);
  ledger.acknowledged('c', 3);
  expect(ledger.verdict(2)).toEqual({ lost: 1 });
});

test('an own message under whose number something else came is lost', () => {
  const ledger = ledgerAt(0);
  ledger.sending('mine');
  ledger.acknowledged('mine', 1);
  ledger.message(messageOf(1, 'another'));
  expect(ledger.verdict(1)).toEqual({ lost: 1 });
});

test('a send that was never answered is no loss', () => {
  const ledger = ledgerAt(0);
  ledger.sending('mine');
  expect(ledger.verdict(0)).toEqual({ lost: 0 });
});
