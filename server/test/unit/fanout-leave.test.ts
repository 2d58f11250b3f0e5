import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function twoTabs() {
  const node = await startFanoutNode();
  const [one, two, bora] = [
    new RecordingOutlet('c1', 'anna'),
    new RecordingOutlet('c2', 'anna'),
    new RecordingOutlet('c3', 'bora'),
  ];
  for (const outlet of [one, two, bora]) await node.join(outlet);
  await pass(20);
  return { node, one, two, bora };
}

test('the other tabs of who leaves are told, the one that leaves is not', async () => {
  const { node, one, two, bora } = await twoTabs();
  await node.leave(one);
  await pass(20);
  expect(one.of('left')).toEqual([]);
  expect(two.of('left')).toEqual([{ t: 'left', roomId: ROOM, reason: 'left' }]);
  expect(bora.of('user_left')).toMatchObject([{ userId: 'anna', reason: 'left' }]);
  expect(node.live.roomsOf(one)).toEqual([]);
  expect(node.live.roomsOf(two)).toEqual([]);
});

test('who was told left hears nothing more', async () => {
  const { node, one, two } = await twoTabs();
  await node.leave(one);
  await pass(20);
  await node.say('secret');
  await pass(20);
  expect(two.of('msg')).toEqual([]);
});

test('a leave that is refused leaves the connection in the room', async () => {
  const { node, one } = await twoTabs();
  const refused = node.live.leave(one, ROOM, () => Promise.reject(new ChatError('SERVICE_UNAVAILABLE')));
  await expect(refused).rejects.toThrow('SERVICE_UNAVAILABLE');
  await node.say('still here');
  await pass(20);
  expect(one.of('msg')).toHaveLength(1);
});

test('a leave whose answer alone is lost ends with left, not with silence', async () => {
  const { node, one } = await twoTabs();
  const unanswered = node.leave(one, async () => {
    await pass(20);
    throw new ChatError('SERVICE_UNAVAILABLE');
  });
  await expect(unanswered).rejects.toThrow('SERVICE_UNAVAILABLE');
  expect(one.of('left')).toEqual([{ t: 'left', roomId: ROOM, reason: 'left' }]);
  expect(node.live.roomsOf(one)).toEqual([]);
});

test('a join that comes while a leave is under way waits for it', async () => {
  const { node, one } = await twoTabs();
  const leaving = node.leave(one, () => pass(20));
  const joining = node.join(one);
  await Promise.all([leaving, joining]);
  await node.say('back again');
  await pass(20);
  expect(one.names().slice(-2)).toEqual(['joined', 'msg']);
});

test('a room whose last connection is put out is closed', async () => {
  const node = await startFanoutNode();
  await node.join(new RecordingOutlet('c1', 'anna'));
  await node.store.leave(ROOM, node.stamp('anna'), 'removed');
  await pass(20);
  expect(node.live.roomIds()).toEqual([]);
  expect(node.hub.publish(ROOM, '{"type":"test"}')).toBe(0);
});

test('a connection that ends is out of every room at once', async () => {
  const { node, one, two } = await twoTabs();
  node.live.drop(one);
  node.live.drop(one);
  await node.say('one');
  await pass(20);
  expect(one.of('msg')).toEqual([]);
  expect(two.of('msg')).toHaveLength(1);
});
