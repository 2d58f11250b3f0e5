import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function open() {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  await node.join(anna);
  await pass(20);
  /** Runs something that this node does not hear of. */
  const unheard = async (run: () => Promise<unknown>) => {
    await node.live.bus.unsubscribe(ROOM);
    await run();
    await node.live.bus.subscribe(ROOM);
  };
  const seqs = () => anna.of('msg').map(({ seq }) => seq);
  return { node, anna, unheard, seqs };
}

test('a hole is filled from the log before what comes after it', async () => {
  const { node, anna, unheard, seqs } = await open();
  await unheard(async () => {
    for (let i = 0; i < 400; i++) await node.say(`m${i}`);
  });
  await node.say('after');
  await pass(20);
  expect(seqs()).toEqual(Array.from({ length: 401 }, (_, i) => i + 1));
  expect(anna.of('resync')).toEqual([]);
  expect(node.counts.filter((what) => what !== 'repeat')).toEqual(['found', 'repaired']);
});

test('a repeat is dropped', async () => {
  const { node, seqs } = await open();
  await node.say('one');
  node.publish(String(node.store.peek(ROOM)?.log[0]?.data));
  await pass(20);
  expect(seqs()).toEqual([1]);
  expect(node.counts).toEqual(['repeat']);
});

test('a change that was not heard is made good by all members, told once', async () => {
  const { node, anna, unheard } = await open();
  await unheard(() => node.enter('bora'));
  await node.enter('chul');
  await pass(20);
  expect(anna.of('user_joined')).toEqual([]);
  expect(anna.of('members')).toMatchObject([{ rev: 4, members: ['anna', 'bora', 'chul', 'host'], memberCount: 4 }]);
});

test('a change never overtakes an earlier message', async () => {
  const { node, anna, unheard } = await open();
  await unheard(() => node.say('one', 'host'));
  await node.announce('host', 'offline');
  await pass(20);
  expect(anna.names()).toEqual(['joined', 'msg', 'presence']);
});

test('a left that was not heard is told when the members are looked at', async () => {
  const { node, anna, unheard } = await open();
  const bora = new RecordingOutlet('c2', 'bora');
  await node.join(bora);
  await pass(20);
  await unheard(() => node.store.leave(ROOM, node.stamp('anna'), 'left'));
  await node.announce('host', 'offline');
  await pass(20);
  expect(anna.names().at(-1)).toBe('left');
  expect(bora.of('members')).toHaveLength(1);
  expect(node.live.roomsOf(anna)).toEqual([]);
});

test('the last connection that is put out by a repair closes the room', async () => {
  const { node, anna, unheard } = await open();
  await unheard(() => node.store.leave(ROOM, node.stamp('anna'), 'left'));
  await node.announce('host', 'offline');
  await pass(20);
  expect(anna.names().at(-1)).toBe('left');
  expect(node.live.roomIds()).toEqual([]);
});

test('a log that no longer reaches back is told, and the next message follows', async () => {
  const { node, anna, unheard } = await open();
  await unheard(async () => {
    for (const text of ['one', 'two', 'three']) await node.say(text);
    node.store.trim(ROOM, 1);
  });
  await node.say('four');
  await pass(20);
  expect(anna.of('resync')).toMatchObject([{ reason: 'log_too_short', seq: 4, position: 'e1.00000001-4' }]);
  await node.say('five');
  await pass(20);
  expect(anna.names().slice(-2)).toEqual(['resync', 'msg']);
  expect(anna.of('msg').at(-1)?.seq).toBe(5);
});

test('a history that was cut is told before anything of the new one', async () => {
  const { node, anna } = await open();
  for (const text of ['one', 'two', 'three']) await node.say(text);
  await pass(20);
  node.store.loseTail(ROOM, 2);
  node.store.restart('0000000b');
  await node.say('other two');
  await pass(20);
  expect(anna.of('resync')).toMatchObject([{ reason: 'history_lost', seq: 2, position: 'e1.0000000b-2' }]);
  await node.say('other three');
  await pass(20);
  expect(anna.of('msg').map(({ text }) => text)).toEqual(['one', 'two', 'three', 'other three']);
});

test('a restart that lost nothing is told to nobody but by the members', async () => {
  const { node, anna, seqs } = await open();
  await node.say('one');
  await pass(20);
  node.store.restart('0000000b');
  await node.say('two');
  await pass(20);
  expect(anna.of('resync')).toEqual([]);
  expect(seqs()).toEqual([1, 2]);
});

test('a tail that is lost while a gap is looked at is not mistaken for a log that is too short', async () => {
  const { node, anna, unheard } = await open();
  await node.say('one');
  await pass(20);
  await unheard(() => node.say('two'));
  const range = vi.spyOn(node.store, 'range').mockImplementationOnce(async () => {
    node.store.loseTail(ROOM, 1);
    return [];
  });
  node.live.compare(ROOM, node.store.peek(ROOM)?.snapshot ?? null, true);
  await pass(500);
  expect(range).toHaveBeenCalledOnce();
  expect(anna.of('resync')).toEqual([]);
});

test('time without an answer from Redis is waited out', async () => {
  const { node, anna, unheard, seqs } = await open();
  await unheard(() => node.say('one'));
  const away = vi.spyOn(node.store, 'marks').mockRejectedValue(new Error('away'));
  await node.say('two');
  await pass(10_000);
  expect(seqs()).toEqual([]);
  away.mockRestore();
  await pass(500);
  expect(seqs()).toEqual([1, 2]);
  expect(anna.of('resync')).toEqual([]);
});

test('a room that is gone is told to everyone and closed', async () => {
  const { node, anna } = await open();
  node.store.destroy(ROOM);
  node.live.compare(ROOM, null, false);
  await pass(20);
  expect(anna.of('left')).toEqual([{ t: 'left', roomId: ROOM, reason: 'gone' }]);
  expect(node.live.roomIds()).toEqual([]);
});

test('a room that went while a connection joined it again is told once, and nothing after it', async () => {
  const { node, anna } = await open();
  const goes = async () => {
    await node.announce('host', 'offline');
    await pass(20);
    node.store.destroy(ROOM);
    node.live.compare(ROOM, null, false);
    await pass(20);
    return Promise.reject(new Error('no such room'));
  };
  await expect(node.join(anna, { enter: goes })).rejects.toThrow();
  expect(anna.names()).toEqual(['joined', 'left']);
});
