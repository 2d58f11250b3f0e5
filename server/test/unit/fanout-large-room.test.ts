import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRoster } from '../../src/fanout/roster.ts';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const name = (n: number) => `m${String(n).padStart(3, '0')}`;

/** A room of `members` members, the host and the reader among them. */
async function open(members: number) {
  const node = await startFanoutNode();
  const reader = new RecordingOutlet('c1', 'zoe');
  for (let n = 3; n <= members; n++) await node.enter(name(n));
  await node.join(reader);
  await pass(1_100);
  reader.heard.length = 0;
  return { node, reader };
}

test('the 201st member is told as members, with oneself among 200 names', async () => {
  const { node, reader } = await open(200);
  await node.enter(name(201));
  await pass(20);
  expect(reader.names()).toEqual(['members']);
  const [told] = reader.heard;
  expect(told).toMatchObject({ memberCount: 201, onlineCount: 201 });
  for (const list of [told?.members, told?.online]) {
    if (!Array.isArray(list)) throw new Error('no list');
    expect(list).toHaveLength(200);
    expect(list.at(-1)).toBe('zoe');
    expect(list).toEqual([...list].sort());
  }
});

test('in a large room changes are told as counts, at most once a second', async () => {
  const { node, reader } = await open(205);
  for (let n = 206; n < 226; n++) {
    await node.enter(name(n));
    await pass(125);
  }
  await pass(1_100);
  expect(new Set(reader.names())).toEqual(new Set(['room_stats']));
  expect(reader.heard.length).toBeLessThanOrEqual(4);
  expect(reader.heard.at(-1)).toEqual({ t: 'room_stats', roomId: ROOM, memberCount: 225, onlineCount: 225 });
});

test('in a large room nobody is told who types or what was read', async () => {
  const { node, reader } = await open(205);
  await node.say('one');
  await node.store.signal(ROOM, 'host');
  await node.store.markRead(ROOM, 'host', 1);
  await pass(2_000);
  expect(reader.names()).toEqual(['msg']);
});

test('at 180 members a large room is small again, told once, and changes are told singly', async () => {
  const { node, reader } = await open(202);
  for (let n = 3; n <= 24; n++) {
    await node.store.leave(ROOM, node.stamp(name(n)), 'left');
    await pass(20);
  }
  await pass(1_100);
  expect(reader.of('members')).toMatchObject([{ memberCount: 180 }]);
  reader.heard.length = 0;
  await node.enter('again');
  await pass(20);
  expect(reader.names()).toEqual(['user_joined']);
});

test('a room that became large while a connection joined it is told to it as members', async () => {
  const { node } = await open(199);
  const late = new RecordingOutlet('c2', 'late');
  const slowEnter = async () => {
    const snapshot = await node.enter('late');
    await node.enter(name(201));
    await pass(100);
    return snapshot;
  };
  await node.join(late, { enter: slowEnter });
  expect(late.heard.map(({ t, memberCount }) => [t, memberCount])).toEqual([
    ['joined', undefined],
    ['members', 201],
  ]);
});

test('a join whose answer comes before its publication waits for that, and nothing is repaired', async () => {
  const { node } = await open(205);
  const late = new RecordingOutlet('c2', 'late');
  const publish = vi.spyOn(node.hub, 'publish').mockImplementationOnce((roomId, payload) => {
    setTimeout(() => node.hub.publish(roomId, payload), 20);
    return 1;
  });
  const joining = node.join(late);
  await pass(40);
  expect(publish).toHaveBeenCalledTimes(2);
  expect(late.names()).toEqual(['joined']);
  await joining;
  await pass(100);
  expect(node.counts).not.toContain('found');
});

test('a repair that begins while a join of a large room is under way is waited for, not joined again', async () => {
  const node = await startFanoutNode();
  for (const text of ['one', 'two']) await node.say(text);
  for (let n = 3; n <= 206; n++) await node.enter(name(n));
  await Promise.all([node.join(new RecordingOutlet('c1', 'zoe')), pass(100)]);
  // What was missed is read from the log; meanwhile the audit finds a difference.
  const { range, snapshot } = node.store;
  vi.spyOn(node.store, 'range').mockImplementation(async (...args) => {
    node.live.compare(ROOM, { epoch: 'e1', gens: [{ gen: '00000001', firstSeq: 1 }], seq: 9, rev: 999 }, true);
    return range(...args);
  });
  vi.spyOn(node.store, 'snapshot').mockImplementation(async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return snapshot(...args);
  });
  const late = new RecordingOutlet('c2', 'late');
  const enter = vi.fn(() => node.enter('late'));
  await Promise.all([node.join(late, { after: 'e1.00000001-0', enter }), pass(300)]);
  expect(enter).toHaveBeenCalledTimes(1);
  expect(late.of('joined')).toMatchObject([{ seq: 2, recovered: true, missed: [{ text: 'one' }, { text: 'two' }] }]);
});

test('between 180 and 201 a room stays what it is', async () => {
  const { node, reader } = await open(199);
  await node.enter(name(200));
  await node.store.leave(ROOM, node.stamp(name(5)), 'left');
  await pass(1_100);
  expect(reader.names()).toEqual(['user_joined', 'user_left']);
});

test('read positions in a small room are told together, at most once a second', async () => {
  const { node, reader } = await open(10);
  for (let seq = 1; seq <= 5; seq++) {
    await node.say(`m${seq}`);
    await node.store.markRead(ROOM, 'host', seq);
    await node.store.markRead(ROOM, name(5), seq);
  }
  await pass(1_100);
  expect(reader.of('reads')).toEqual([{ t: 'reads', roomId: ROOM, positions: { host: 5, [name(5)]: 5 } }]);
});

test('names are in code-point order, beyond the basic plane too', () => {
  const roster = createRoster();
  const at = { epoch: 'e', gen: '00000001', seq: 0 };
  for (const [i, userId] of ['\u{1F600}', '\uFB01x', '나', '가', 'b'].entries()) {
    roster.apply({ kind: 'roster', at, rev: i + 1, userId, change: 'joined' });
  }
  roster.apply({ kind: 'roster', at, rev: 6, userId: '가', change: 'presence', status: 'offline' });
  expect(roster.names().members).toEqual(['b', '가', '나', '\uFB01x', '\u{1F600}']);
  expect(roster.names().online).not.toContain('가');
  expect(roster.counts()).toEqual({ memberCount: 5, onlineCount: 4 });
});
