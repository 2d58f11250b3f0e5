/** What answers may pile up for a connection that does not read. */
import { expect, it } from 'vitest';
import { drained, PageQueue } from '../../src/service/backlog.ts';
import { createTypingGate } from '../../src/service/typing-gate.ts';

const MIB = 1024 * 1024;

function reader(pending: { bytes: number }) {
  const closed: string[] = [];
  return { closed, pendingBytes: () => pending.bytes, close: (reason: string) => void closed.push(reason) };
}

it('pages go out one at a time, each when the one before was read', async () => {
  const pending = { bytes: 0 };
  const backlog = new PageQueue(reader(pending));
  const ran: number[] = [];
  const page = (n: number) =>
    backlog.inTurn(async () => {
      ran.push(n);
      pending.bytes = 2 * MIB;
    });
  const pages = [page(1), page(2)];
  await pages[0];
  expect(ran).toEqual([1]);
  pending.bytes = 0;
  await pages[1];
  expect(ran).toEqual([1, 2]);
});

it('a reader that stands still is cut', async () => {
  const outlet = reader({ bytes: 2 * MIB });
  await expect(drained(outlet, 50)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(outlet.closed).toEqual(['SLOW_CONSUMER']);
});

it('no more than a hundred pages wait', async () => {
  const pending = { bytes: 2 * MIB };
  const backlog = new PageQueue(reader(pending));
  const waiting = Array.from({ length: 100 }, () => backlog.inTurn(async () => 'page'));
  await expect(backlog.inTurn(async () => 'one too many')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  pending.bytes = 0;
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['page']));
});

it('a page that fails does not hold up the next', async () => {
  const backlog = new PageQueue(reader({ bytes: 0 }));
  await expect(backlog.inTurn(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await backlog.inTurn(async () => 'next')).toBe('next');
});

it('typing passes once in three seconds and room, and forgets rooms it has not heard of for as long', () => {
  let now = 0;
  const mayType = createTypingGate(() => now);
  const outlet = {} as Parameters<typeof mayType>[0];
  expect([mayType(outlet, 'room0001'), mayType(outlet, 'room0001'), mayType(outlet, 'room0002')]).toEqual([
    true,
    false,
    true,
  ]);
  now = 3_000;
  for (let i = 0; i < 60; i++) mayType(outlet, `room1${i}`);
  expect(mayType(outlet, 'room0001')).toBe(true);
});
