import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAudit } from '../../src/fanout/audit.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Anna and Bo are in the room; then the server comes back without Anna's join. */
async function loseJoin(again: (userId: string) => ChatError | null = () => null) {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  const bo = new RecordingOutlet('c2', 'bo');
  let joins = 0;
  await node.join(anna, {
    enter: async () => {
      joins++;
      const refusal = joins > 1 ? again('anna') : null;
      if (refusal) throw refusal;
      return node.enter('anna');
    },
  });
  await node.join(bo);
  await pass(20);
  const { store, live } = node;
  const audit = createAudit({ rooms: store, live, intervalMs: 1_000, failures: { report: () => undefined } });
  const forget = async () => {
    await live.bus.unsubscribe(ROOM);
    await store.leave(ROOM, node.stamp('anna'), 'left');
    await live.bus.subscribe(ROOM);
  };
  const members = async () => (await store.snapshot(ROOM))?.members;
  return { node, anna, bo, audit, forget, members };
}

test('a member whose join the server has lost is a member again, and everybody sees it', async () => {
  const { node, anna, bo, audit, forget, members } = await loseJoin();
  await forget();
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  await pass(3_000);
  expect(await members()).toEqual(['anna', 'bo', 'host']);
  expect(anna.of('left')).toEqual([]);
  expect(bo.of('user_joined').at(-1)).toMatchObject({ userId: 'anna' });
  expect(bo.of('user_left')).toEqual([]);
  await node.say('for everybody');
  await pass(20);
  expect(anna.of('msg').map(({ text }) => text)).toEqual(['the first of the new history', 'for everybody']);
  audit.close();
});

test('a lost join is made good with the first message of the new history, without an audit', async () => {
  const { node, audit, forget, members } = await loseJoin();
  audit.close();
  await forget();
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  await pass(100);
  expect(await members()).toEqual(['anna', 'bo', 'host']);
});

test('a lost join is made good also where messages were lost with it', async () => {
  const { node, anna, audit, forget, members } = await loseJoin();
  await node.say('in the lost tail');
  await pass(20);
  await forget();
  node.store.loseTail(ROOM, 1);
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  await pass(100);
  expect(anna.of('resync')).toHaveLength(1);
  expect(anna.of('left')).toEqual([]);
  expect(await members()).toEqual(['anna', 'bo', 'host']);
  audit.close();
});

test('a member who is on its way back is not told that it left by members that were read meanwhile', async () => {
  const { node, anna, audit, forget, members } = await loseJoin();
  const join = node.store.join.bind(node.store);
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  vi.spyOn(node.store, 'join').mockImplementationOnce(async (...args) => {
    await gate;
    return join(...args);
  });
  await forget();
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  await pass(100);
  await node.live.bus.unsubscribe(ROOM);
  await node.announce('host', 'offline');
  await node.live.bus.subscribe(ROOM);
  await pass(3_000);
  expect(anna.of('left')).toEqual([]);
  open();
  await pass(3_000);
  expect(await members()).toEqual(['anna', 'bo', 'host']);
  expect(anna.of('left')).toEqual([]);
  audit.close();
});

test('a member who may not come back is told', async () => {
  const { node, anna, audit, forget, members } = await loseJoin(() => new ChatError('FORBIDDEN'));
  await forget();
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  await pass(3_000);
  expect(anna.of('left')).toMatchObject([{ reason: 'removed' }]);
  expect(await members()).toEqual(['bo', 'host']);
  audit.close();
});

test('a member who cannot come back just now comes back on another connection', async () => {
  const { node, anna, audit, forget } = await loseJoin(() => new ChatError('SERVICE_UNAVAILABLE'));
  await forget();
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  await pass(3_000);
  expect(anna.of('left')).toEqual([]);
  expect(anna.closedFor).toBe('CONNECTION_LOST');
  audit.close();
});

test('a lost join is found also where nobody has written since', async () => {
  const { node, anna, bo, audit } = await loseJoin();
  const { marks, snapshot } = node.store;
  const before = await snapshot(ROOM);
  if (before === null) throw new Error('no room');
  // The state of before Anna came, as an older file of the server would give it.
  const older = { ...before, rev: before.rev - 2, members: ['bo', 'host'], online: ['bo', 'host'] };
  const isRejoined = () => bo.of('user_joined').length > 0;
  node.store.marks = async (roomIds) => (isRejoined() ? marks(roomIds) : [older]);
  node.store.snapshot = async (roomId) => (isRejoined() ? snapshot(roomId) : older);
  const calls = vi.spyOn(node.store, 'join');
  await pass(4_000);
  expect(calls.mock.calls.map(([, stamp]) => stamp.userId)).toContain('anna');
  expect(bo.of('members')[0]).toMatchObject({ rev: older.rev, members: ['bo', 'host'] });
  expect(anna.of('members')[0]).toMatchObject({ rev: older.rev });
  expect(anna.of('left')).toEqual([]);
  audit.close();
});

test('a member who left while nobody heard it has left, on a server whose history is the same', async () => {
  const { anna, audit, forget, members } = await loseJoin();
  await forget();
  await pass(3_000);
  expect(anna.of('left')).toMatchObject([{ reason: 'left' }]);
  expect(await members()).toEqual(['bo', 'host']);
  audit.close();
});
