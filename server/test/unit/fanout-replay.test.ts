import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let last = 0;
async function openWith(messages: number, text = 'x') {
  const node = await startFanoutNode();
  for (let i = 0; i < messages; i++) await node.say(text);
  const ask = async (after?: string) => {
    const outlet = new RecordingOutlet(`c${++last}`, 'anna');
    await node.join(outlet, after === undefined ? {} : { after });
    const [joined] = outlet.of('joined');
    const missed = Array.isArray(joined?.missed) ? joined.missed.map(({ seq }: { seq: number }) => seq) : [];
    return { missed, more: joined?.more, recovered: joined?.recovered, seq: joined?.seq };
  };
  return { node, ask };
}

test('without a position nothing is missed and nothing is said of it', async () => {
  const { ask } = await openWith(3);
  expect(await ask()).toEqual({ missed: [], more: false, recovered: undefined, seq: 3 });
});

test('what was missed starts right after the position', async () => {
  const { ask } = await openWith(5);
  expect(await ask('e1.00000001-2')).toEqual({ missed: [3, 4, 5], more: false, recovered: true, seq: 5 });
  expect(await ask('e1.00000001-5')).toEqual({ missed: [], more: false, recovered: true, seq: 5 });
});

test('more than 200 messages are left to pages', async () => {
  const { ask } = await openWith(450);
  const { missed, more } = await ask('e1.00000001-100');
  expect([missed.length, missed[0], more]).toEqual([200, 101, true]);
});

test('more than 256 KiB are left to pages', async () => {
  const { ask } = await openWith(100, '가'.repeat(4_000));
  const { missed, more } = await ask('e1.00000001-0');
  expect([missed.length, more]).toEqual([21, true]);
});

test.each([
  ['that is no position', 'hello'],
  ['of another life of the room', 'e0.00000001-2'],
  ['of a history that the room does not know', 'e1.0000000f-2'],
  ['beyond the end', 'e1.00000001-9'],
])('a position %s is not recovered', async (_, after) => {
  const { ask } = await openWith(5);
  expect(await ask(after)).toEqual({ missed: [], more: false, recovered: false, seq: 5 });
});

test('a position that the log no longer reaches is not recovered', async () => {
  const { node, ask } = await openWith(5);
  node.store.trim(ROOM, 2);
  expect(await ask('e1.00000001-2')).toMatchObject({ recovered: false, missed: [] });
  expect(await ask('e1.00000001-3')).toMatchObject({ recovered: true, missed: [4, 5] });
});

test('a position in a tail that was lost is not recovered, one before it is', async () => {
  const { node, ask } = await openWith(5);
  node.store.loseTail(ROOM, 2);
  node.store.restart('0000000b');
  await node.say('other four');
  expect(await ask('e1.00000001-4')).toMatchObject({ recovered: false });
  expect(await ask('e1.00000001-3')).toMatchObject({ recovered: true, missed: [4] });
});

test('a wave of clients reads the log once', async () => {
  const { node } = await openWith(10);
  const range = vi.spyOn(node.store, 'range');
  const wave = Array.from({ length: 50 }, (_, i) => new RecordingOutlet(`w${i}`, `user${i}`));
  await Promise.all(wave.map((outlet) => node.join(outlet, { after: 'e1.00000001-4' })));
  expect(wave.every((outlet) => outlet.heard.length > 0)).toBe(true);
  expect(range).toHaveBeenCalledTimes(1);
});

test('what was delivered lately is replayed from memory', async () => {
  const { node, ask } = await openWith(0);
  await node.join(new RecordingOutlet('c0', 'host'));
  for (const text of ['one', 'two']) await node.say(text);
  await pass(20);
  const range = vi.spyOn(node.store, 'range');
  expect((await ask('e1.00000001-0')).missed).toEqual([1, 2]);
  expect(range).not.toHaveBeenCalled();
});
