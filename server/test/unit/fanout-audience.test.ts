import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { customFrame } from '../../src/fanout/frame.ts';
import { createHeldEvents } from '../../src/fanout/held-events.ts';
import { RoomAudience } from '../../src/fanout/room-audience.ts';
import { pass, RecordingOutlet, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const BIG = 'x'.repeat(4_000);

test('a reader with more than 1 MB waiting is cut, the others are not', async () => {
  const node = await startFanoutNode();
  const [slow, quick] = [new RecordingOutlet('c1', 'anna'), new RecordingOutlet('c2', 'bora')];
  await node.join(slow);
  await node.join(quick);
  slow.pending = 1024 * 1024 + 1;
  quick.pending = 1024 * 1024;
  for (let i = 0; i < 20; i++) {
    await node.say(BIG);
    await pass(20);
  }
  expect([slow.closedFor, quick.closedFor]).toEqual(['SLOW_CONSUMER', null]);
  expect(quick.of('msg')).toHaveLength(20);
});

test('whether a reader is slow is not asked for every frame', async () => {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  const asked = vi.spyOn(anna, 'pendingBytes');
  await node.join(anna);
  for (let i = 0; i < 32; i++) {
    await node.say(BIG);
    await pass(20);
  }
  expect(asked).toHaveBeenCalledTimes(2);
});

test('all connections of a room are given the same frames, once', () => {
  const flushes: unknown[] = [];
  const meter = {
    flushed: () => undefined,
    gap: () => undefined,
    dropped: () => undefined,
    replay: () => undefined,
    joined: () => undefined,
    resync: () => undefined,
    rooms: () => undefined,
  };
  const audience = new RoomAudience('abc12345', meter, () => flushes.push('asked'));
  const given: unknown[] = [];
  for (const id of ['c1', 'c2']) {
    const outlet = { id, userId: id, deliver: (frames: unknown) => void given.push(frames), pendingBytes: () => 0 };
    const entry = audience.beginJoin({ ...outlet, close: () => undefined }, { enter: async () => null });
    entry.kept = null;
    entry.isLive = true;
  }
  audience.enqueue(customFrame('a', { roomId: 'abc12345' }));
  audience.enqueue(customFrame('b', { roomId: 'abc12345' }));
  audience.flush();
  audience.flush();
  expect(flushes).toEqual(['asked']);
  expect(given).toHaveLength(2);
  expect(given[0]).toBe(given[1]);
});

test('nothing is held beyond 1 MB, whatever it is, and that is told', () => {
  const held = createHeldEvents();
  const at = (seq: number) => ({ epoch: 'e', gen: '00000001', seq });
  const message = (seq: number) => ({ kind: 'msg', at: at(seq), published: Buffer.alloc(256 * 1024, 'x') }) as const;
  const joined = { kind: 'roster', at: at(5), rev: 7, userId: 'a', change: 'joined' } as const;
  const custom = { kind: 'custom', event: 'big', payload: { roomId: 'abc12345', text: 'x'.repeat(8_000) } } as const;
  expect([1, 2, 3, 4, 5].map((seq) => held.push(message(seq)))).toEqual([true, true, true, true, false]);
  expect([held.push(joined), held.push(custom)]).toEqual([false, false]);
  expect(held.hasOverflowed()).toBe(true);
  expect(held.hasOverflowed()).toBe(false);
  expect(held.take().map(({ kind }) => kind)).toEqual(['msg', 'msg', 'msg', 'msg']);
  expect([held.length(), held.push(joined)]).toEqual([0, true]);
});
