import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoomSnapshot } from '../../src/service/ports.ts';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Node = Awaited<ReturnType<typeof startFanoutNode>>;

/** A room with somebody in it, so that it stays alive on the node, and anna, who has just lost her connection. */
async function annaAway(node: Node) {
  const host = new RecordingOutlet('c0', 'host');
  await node.join(host);
  const gone = new RecordingOutlet('c1', 'anna');
  await node.join(gone);
  await node.say('one');
  await pass(20);
  node.live.drop(gone);
  const after = String(gone.of('msg').at(-1)?.id);
  return { after, back: new RecordingOutlet('c2', 'anna') };
}

/** Nothing of the user is on its way, and the room must not be asked. */
async function onlyKnown(isKnown: boolean): Promise<null> {
  if (isKnown) return null;
  throw new Error('the room was asked');
}

test('a member that comes back to a room alive here is let in and replayed without asking the room', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  await node.say('two');
  await node.say('three');
  await pass(20);
  const asked = vi.spyOn(node.store, 'range');
  await node.join(back, { after, enter: onlyKnown });
  expect(back.heard).toMatchObject([{ t: 'joined', seq: 3, recovered: true, members: ['anna', 'host'] }]);
  expect(back.heard[0]?.missed).toMatchObject([{ text: 'two' }, { text: 'three' }]);
  expect(asked).not.toHaveBeenCalled();
  await node.say('four');
  await pass(20);
  expect(back.of('msg').map(({ seq }) => seq)).toEqual([4]);
});

test('what has been read is told as well, and a leaver is taken out of it', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  node.publish({ type: 'reads', roomId: ROOM, positions: { anna: 1, host: 1 } });
  await pass(20);
  let told: RoomSnapshot | null = null;
  const admitted = ({ snapshot }: { snapshot: RoomSnapshot }) => {
    told = snapshot;
  };
  await node.live.attach(back, {
    roomId: ROOM,
    after,
    ready: async () => undefined,
    entrance: { enter: onlyKnown },
    admitted,
  });
  expect(told).toMatchObject({ reads: { anna: 1, host: 1 } });
  await node.store.leave(ROOM, node.stamp('host'), 'left');
  await pass(20);
  await node.live.attach(back, {
    roomId: ROOM,
    after,
    ready: async () => undefined,
    entrance: { enter: onlyKnown },
    admitted,
  });
  expect(told).toMatchObject({ members: ['anna'], reads: { anna: 1 } });
});

test('what memory holds beyond one answer is for the log to prove: it may have been cut since', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  for (let i = 0; i < 1_200; i++) await node.say(`message ${i}`);
  await pass(20);
  await node.join(back, { after });
  expect(back.heard[0]).toMatchObject({ t: 'joined', recovered: false, missed: [] });
});

test.each([
  ['beyond what this node has heard', (after: string) => after.replace(/1$/, '2')],
  ['of another history', (after: string) => after.replace('00000001', '00000002')],
  ['of another life of the room', (after: string) => after.replace('e1', 'e2')],
  ['that is none', () => 'nonsense'],
])('a position %s is for the room to judge', async (_, bend) => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  const enter = vi.fn(() => node.enter('anna'));
  await node.join(back, { after: bend(after), enter });
  expect(enter).toHaveBeenCalledTimes(1);
  expect(back.of('joined')).toMatchObject([{ recovered: false }]);
});

test('who is no member any more has to ask', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  await node.store.leave(ROOM, node.stamp('anna'), 'left');
  await pass(20);
  await expect(node.join(back, { after, enter: onlyKnown })).rejects.toThrow('the room was asked');
});

test('who has a leave on the way enters the room again, for all that this node knows', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  const leave = node.stamp('anna', 'offline');
  const enter = vi.fn(async () => node.enter('anna'));
  await node.join(back, { after, enter });
  expect(enter.mock.calls).toEqual([[true]]);
  await node.store.leave(ROOM, leave, 'expired');
  await node.say('two');
  await pass(20);
  expect(back.names()).toEqual(['joined', 'msg']);
});

test('who is heard to leave while the own keys are asked is no member here any more', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  const asked: boolean[] = [];
  const enter = async (isKnown: boolean) => {
    asked.push(isKnown);
    if (!isKnown) return node.enter('anna');
    await node.store.leave(ROOM, node.stamp('anna'), 'expired');
    await pass(20);
    return null;
  };
  await node.join(back, { after, enter });
  await pass(100);
  expect(asked).toEqual([true, false]);
  expect(back.names()).toEqual(['joined']);
});

test('a node that is mending the room does not answer for it', async () => {
  const node = await startFanoutNode();
  const { after, back } = await annaAway(node);
  let answer = (): void => undefined;
  const whole = await node.store.snapshot(ROOM);
  vi.spyOn(node.store, 'snapshot').mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        answer = () => resolve(whole);
      }),
  );
  node.live.compare(ROOM, { epoch: 'e1', gens: [{ gen: '00000001', firstSeq: 1 }], seq: 1, rev: 99 }, true);
  const enter = vi.fn(() => node.enter('anna'));
  const joining = node.join(back, { after, enter });
  await pass(20);
  answer();
  await pass(20);
  await joining;
  expect(enter).toHaveBeenCalledTimes(1);
  expect(back.of('joined')).toMatchObject([{ recovered: true }]);
});

test('a wave of members that opens a room asks it once, the others find it open', async () => {
  const node = await startFanoutNode();
  const names = ['anna', 'bora', 'chul', 'dani'];
  for (const name of names) await node.enter(name);
  await node.say('one');
  const asked: string[] = [];
  const outlets = names.map((name, i) => new RecordingOutlet(`c${i}`, name));
  const wave = outlets.map((outlet) =>
    node.join(outlet, {
      after: 'e1.00000001-1',
      enter: async (isKnown) => {
        asked.push(isKnown ? outlet.userId : `${outlet.userId} asks the room`);
        return isKnown ? null : node.enter(outlet.userId);
      },
    }),
  );
  await Promise.all(wave);
  expect(asked).toEqual(['anna asks the room', 'bora', 'chul', 'dani']);
  for (const outlet of outlets) expect(outlet.of('joined')).toMatchObject([{ seq: 1, recovered: true, missed: [] }]);
});

test('where the first of a wave is refused the others ask for themselves', async () => {
  const node = await startFanoutNode();
  await node.enter('bora');
  const [anna, bora] = [new RecordingOutlet('c1', 'anna'), new RecordingOutlet('c2', 'bora')];
  const refused = node.join(anna, { enter: () => Promise.reject(new Error('refused')) });
  const admitted = node.join(bora);
  await expect(refused).rejects.toThrow('refused');
  await admitted;
  expect(bora.of('joined')).toHaveLength(1);
});

test('where the first of a wave may not enter a large room its members are read once for all others', async () => {
  const node = await startFanoutNode();
  for (let i = 0; i < 300; i++) await node.enter(`m${String(i).padStart(3, '0')}`);
  const read = vi.spyOn(node.store, 'snapshot');
  const refused = node.join(new RecordingOutlet('c0', 'zoe'), { enter: () => Promise.reject(new Error('removed')) });
  const others = Array.from({ length: 20 }, (_, i) => new RecordingOutlet(`d${i}`, `x${i}`));
  const wave = others.map((outlet) => node.join(outlet));
  await expect(refused).rejects.toThrow('removed');
  await pass(100);
  await Promise.all(wave);
  expect(read).toHaveBeenCalledTimes(1);
  expect(others.map((outlet) => outlet.names()[0])).toEqual(others.map(() => 'joined'));
});

test('the members of a large room are read once for all who join it, and kept by its events', async () => {
  const node = await startFanoutNode();
  for (let i = 0; i < 300; i++) await node.enter(`m${String(i).padStart(3, '0')}`);
  const read = vi.spyOn(node.store, 'snapshot');
  const outlets = Array.from({ length: 5 }, (_, i) => new RecordingOutlet(`c${i}`, `x${i}`));
  const wave = [...outlets, new RecordingOutlet('c9', 'm100')].map((outlet) => node.join(outlet));
  await pass(100);
  await Promise.all(wave);
  expect(read).toHaveBeenCalledTimes(1);
  const last = new RecordingOutlet('c10', 'x9');
  const joining = node.join(last);
  await pass(100);
  await joining;
  const [{ members, rev } = { members: [], rev: 0 }] = last.of('joined');
  const now = await node.store.snapshot(ROOM);
  expect([members, rev]).toEqual([now?.members, now?.rev]);
  expect(members).toHaveLength(307);
});
