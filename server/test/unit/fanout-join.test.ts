import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pass, RecordingOutlet, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('after joined {seq: n} come n+1, n+2 and so on', async () => {
  const node = await startFanoutNode();
  await node.say('before');
  const anna = new RecordingOutlet('c1', 'anna');
  await node.join(anna);
  for (const text of ['one', 'two', 'three']) await node.say(text);
  await pass(20);
  expect(anna.heard.map(({ t, seq }) => [t, seq])).toEqual([
    ['joined', 1],
    ['msg', 2],
    ['msg', 3],
    ['msg', 4],
  ]);
});

test('joining again gives a fresh joined, announces nothing and loses nothing', async () => {
  const node = await startFanoutNode();
  const [anna, bora] = [new RecordingOutlet('c1', 'anna'), new RecordingOutlet('c2', 'bora')];
  await node.join(anna);
  await node.join(bora);
  await pass(20);
  await node.say('one');
  await Promise.all([node.join(anna), pass(100)]);
  await node.say('two');
  await pass(20);
  expect(bora.names()).toEqual(['joined', 'msg', 'msg']);
  expect(anna.names().filter((name) => name !== 'user_joined')).toEqual(['joined', 'msg', 'joined', 'msg']);
  expect(anna.of('joined')[1]?.seq).toBe(1);
});

test('a change that the snapshot holds already is not told, a later one is', async () => {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  await node.join(anna);
  await pass(20);
  expect(anna.names()).toEqual(['joined']);
  await node.enter('bora');
  await pass(20);
  expect(anna.of('user_joined')).toEqual([{ t: 'user_joined', roomId: 'abc12345', userId: 'bora', rev: 3 }]);
});

test('changes that come while a join is under way follow it', async () => {
  const node = await startFanoutNode();
  await node.join(new RecordingOutlet('c0', 'host'));
  const anna = new RecordingOutlet('c1', 'anna');
  const slowEnter = async () => {
    const snapshot = await node.enter('anna');
    await node.enter('bora');
    await pass(20);
    return snapshot;
  };
  await node.join(anna, { enter: slowEnter });
  expect(anna.heard.map(({ t, rev }) => [t, rev])).toEqual([
    ['joined', 2],
    ['user_joined', 3],
  ]);
});

test('a join whose snapshot is older than the feed is told all members after it', async () => {
  const node = await startFanoutNode();
  const [anna, bora] = [new RecordingOutlet('c1', 'anna'), new RecordingOutlet('c2', 'bora')];
  const older = await node.enter('anna');
  // The feed begins with the newer snapshot, so that the change between the two is never heard.
  await node.join(bora);
  await node.join(anna, { enter: async () => older });
  expect(anna.heard.map(({ t, rev }) => [t, rev])).toEqual([
    ['joined', 2],
    ['members', 3],
  ]);
  expect(anna.of('members')[0]?.members).toEqual(['anna', 'bora', 'host']);
});

test('members that were told while a join was under way are not lost to it', async () => {
  const node = await startFanoutNode();
  await node.join(new RecordingOutlet('c0', 'host'));
  const anna = new RecordingOutlet('c1', 'anna');
  const missesOne = async () => {
    const snapshot = await node.enter('anna');
    await pass(20);
    await node.live.bus.unsubscribe('abc12345');
    await node.enter('bora');
    await node.live.bus.subscribe('abc12345');
    await node.enter('chul');
    await pass(20);
    return snapshot;
  };
  await node.join(anna, { enter: missesOne });
  await node.enter('dana');
  await pass(20);
  expect(anna.heard.map(({ t, rev }) => [t, rev])).toEqual([
    ['joined', 2],
    ['members', 4],
    ['user_joined', 5],
  ]);
});

test('a failed join again leaves the connection in the room, told everything in order', async () => {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  await node.join(anna);
  const fails = async () => {
    await node.say('one');
    await node.enter('bora');
    await vi.advanceTimersToNextTimerAsync();
    await vi.advanceTimersToNextTimerAsync();
    throw new Error('refused');
  };
  await expect(node.join(anna, { enter: fails })).rejects.toThrow('refused');
  await node.say('two');
  await pass(20);
  expect(anna.names()).toEqual(['joined', 'msg', 'user_joined', 'msg']);
});

test('a first join that fails leaves no room behind', async () => {
  const node = await startFanoutNode();
  const refused = node.join(new RecordingOutlet('c1', 'anna'), { enter: () => Promise.reject(new Error('refused')) });
  await expect(refused).rejects.toThrow('refused');
  expect(node.live.roomIds()).toEqual([]);
});

test('a join that waited for its turn while its connection ended does not hold the room', async () => {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  const joins = [node.join(anna), node.join(anna)].map((join) => join.catch(() => 'refused'));
  node.live.drop(anna);
  await pass(20);
  expect(await Promise.all(joins)).toEqual(['refused', 'refused']);
  expect(node.live.roomIds()).toEqual([]);
  expect(anna.heard).toEqual([]);
});

test('a join whose server restarted meanwhile is run again, and proves nothing by what is lost', async () => {
  const node = await startFanoutNode();
  for (const text of ['one', 'two']) await node.say(text);
  const bora = new RecordingOutlet('c2', 'bora');
  await node.join(bora);
  const after = String(bora.of('joined')[0]?.position);
  let entered = 0;
  const enter = async () => {
    entered++;
    const snapshot = await node.enter('anna');
    if (entered === 1) {
      node.store.loseTail('abc12345', 1);
      node.store.restart('0000000b');
      for (const text of ['other two', 'three']) await node.say(text);
      await pass(20);
    }
    return snapshot;
  };
  const anna = new RecordingOutlet('c1', 'anna');
  await node.join(anna, { after, enter });
  expect(entered).toBe(2);
  expect(anna.heard[0]).toMatchObject({ t: 'joined', recovered: false, missed: [], seq: 3 });
});
