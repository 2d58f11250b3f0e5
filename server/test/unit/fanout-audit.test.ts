import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAudit } from '../../src/fanout/audit.ts';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function open() {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  await node.join(anna);
  await pass(20);
  const failures = vi.fn();
  const audit = createAudit({
    rooms: node.store,
    live: node.live,
    intervalMs: 1_000,
    failures: { report: failures },
  });
  const loseTail = async (run: () => Promise<unknown>) => {
    await node.live.bus.unsubscribe(ROOM);
    await run();
    await node.live.bus.subscribe(ROOM);
  };
  return { node, anna, audit, loseTail, failures };
}

test('a message that nobody heard is found by the second look', async () => {
  const { node, anna, audit, loseTail } = await open();
  await loseTail(() => node.say('unheard'));
  await pass(1_000);
  expect(anna.of('msg')).toEqual([]);
  await pass(1_020);
  expect(anna.of('msg')).toHaveLength(1);
  audit.close();
});

test('a change that nobody heard is found by the second look', async () => {
  const { node, anna, audit, loseTail } = await open();
  await loseTail(() => node.announce('host', 'offline'));
  await pass(2_020);
  expect(anna.of('members')).toMatchObject([{ online: ['anna'] }]);
  audit.close();
});

test('a change that nobody heard is found in a room where messages never stop', async () => {
  const { node, anna, audit, loseTail } = await open();
  await loseTail(() => node.announce('host', 'offline'));
  for (let i = 0; i < 6; i++) {
    await node.say(`message ${i}`);
    await pass(500);
  }
  expect(anna.of('members')).toMatchObject([{ online: ['anna'] }]);
  expect(anna.of('msg')).toHaveLength(6);
  audit.close();
});

test('a room that is gone and another history are believed at once', async () => {
  const { node, anna, audit } = await open();
  node.store.destroy(ROOM);
  await pass(1_020);
  expect(anna.of('left')).toMatchObject([{ reason: 'gone' }]);
  audit.close();
});

test('a mark that is older than the feed is no reason to look', async () => {
  const { node, audit } = await open();
  const old = await node.store.marks([ROOM]);
  vi.spyOn(node.store, 'marks').mockImplementation(async () => {
    await node.say('while the answer is on its way');
    return old;
  });
  await pass(1_020);
  expect(node.counts).toEqual([]);
  audit.close();
});

test('an audit that Redis does not answer is reported and tried again', async () => {
  const { node, anna, audit, loseTail, failures } = await open();
  vi.spyOn(node.store, 'marks').mockRejectedValueOnce(new Error('away'));
  await loseTail(() => node.say('unheard'));
  await pass(3_100);
  expect(failures).toHaveBeenCalledOnce();
  expect(anna.of('msg')).toHaveLength(1);
  audit.close();
});

test('a closed audit looks no more', async () => {
  const { node, audit } = await open();
  const marks = vi.spyOn(node.store, 'marks');
  audit.close();
  await pass(5_000);
  expect(marks).not.toHaveBeenCalled();
});
