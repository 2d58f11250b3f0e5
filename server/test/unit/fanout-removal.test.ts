import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAudit } from '../../src/fanout/audit.ts';
import { pass, RecordingOutlet, ROOM, startFanoutNode } from '../support/fanout-node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function startWithAnnaAndBo() {
  const node = await startFanoutNode();
  const anna = new RecordingOutlet('c1', 'anna');
  const bo = new RecordingOutlet('c2', 'bo');
  await node.join(anna);
  await node.join(bo);
  await pass(20);
  const { store, live } = node;
  const audit = createAudit({ rooms: store, live, intervalMs: 1_000, failures: { report: () => undefined } });
  return { node, anna, bo, audit };
}

test('who is removed is told after what was said before, hears nothing more, and the others see them go', async () => {
  const { node, anna, bo, audit } = await startWithAnnaAndBo();
  await node.say('before');
  await node.remove('anna');
  await node.say('after');
  await pass(20);
  expect(anna.names().slice(-2)).toEqual(['msg', 'left']);
  expect(anna.of('left')).toEqual([{ t: 'left', roomId: ROOM, reason: 'removed' }]);
  expect(bo.of('user_left')).toMatchObject([{ userId: 'anna', reason: 'removed' }]);
  expect(bo.of('msg').map(({ text }) => text)).toEqual(['before', 'after']);
  expect(node.live.roomsOf(anna)).toEqual([]);
  audit.close();
});

test('a removal that was not heard is found by the audit and told as what it was', async () => {
  const { node, anna, bo, audit } = await startWithAnnaAndBo();
  await node.live.bus.unsubscribe(ROOM);
  await node.remove('anna');
  await node.live.bus.subscribe(ROOM);
  await pass(3_000);
  expect(anna.of('left')).toMatchObject([{ reason: 'removed' }]);
  expect(bo.of('members').at(-1)).toMatchObject({ members: ['bo', 'host'] });
  audit.close();
});

test('a server whose history changed does not let the removed join again', async () => {
  const { node, anna, audit } = await startWithAnnaAndBo();
  await node.live.bus.unsubscribe(ROOM);
  await node.remove('anna');
  await node.live.bus.subscribe(ROOM);
  node.store.restart('0000000b');
  await node.say('the first of the new history');
  const joins = vi.spyOn(node.store, 'join');
  await pass(3_000);
  expect(anna.of('left')).toMatchObject([{ reason: 'removed' }]);
  expect(joins).not.toHaveBeenCalled();
  audit.close();
});

test('a removal that overtakes a join is told right after it', async () => {
  const { node, audit } = await startWithAnnaAndBo();
  const cy = new RecordingOutlet('c3', 'cy');
  await node.join(cy, {
    enter: async () => {
      const snapshot = await node.enter('cy');
      await node.remove('cy');
      return snapshot;
    },
  });
  await pass(20);
  expect(cy.names()).toEqual(['joined', 'left']);
  expect(cy.of('left')).toMatchObject([{ reason: 'removed' }]);
  audit.close();
});

test('a removal that a joining connection did not hear is told by the members that are read instead', async () => {
  const { node, audit } = await startWithAnnaAndBo();
  const cy = new RecordingOutlet('c3', 'cy');
  await node.join(cy);
  await pass(20);
  await node.join(cy, {
    enter: async () => {
      const snapshot = await node.enter('cy');
      await node.live.bus.unsubscribe(ROOM);
      await node.remove('cy');
      await node.live.bus.subscribe(ROOM);
      await pass(3_000);
      return snapshot;
    },
  });
  await pass(20);
  expect(cy.of('left')).toMatchObject([{ reason: 'removed' }]);
  audit.close();
});
