import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NodeRooms } from '../../../src/fanout/node-rooms.ts';
import { RoomAudience } from '../../../src/fanout/room-audience.ts';
import { RoomFeed } from '../../../src/fanout/room-feed.ts';
import { currentGen, formatPosition } from '../../../src/protocol/index.ts';
import type { Admission } from '../../../src/service/live-ports.ts';
import { plans, type Weather } from '../../support/model/commands.ts';
import { runModel } from '../../support/model/run-model.ts';
import type { Defects } from '../../support/model/sim-node.ts';

/** More runs than any of these defects has ever needed. */
const RUNS = 3_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What the model has against nodes that are broken like this; empty where it noticed nothing. */
async function complaint(weather: Weather, defects: Defects = {}): Promise<string> {
  const property = fc.asyncProperty(fc.scheduler(), plans(weather), (scheduler, plan) =>
    runModel(scheduler, plan, defects),
  );
  const { errorInstance } = await fc.check(property, { numRuns: RUNS, seed: 1, endOnFailure: true });
  return errorInstance instanceof Error ? errorInstance.message : '';
}

test('an answer to a join that comes a turn too late is noticed', async () => {
  const bendAdmission = (admission: Admission) => ({
    ...admission,
    admitted: (state: Parameters<Admission['admitted']>[0]) => void setImmediate(() => admission.admitted(state)),
  });
  expect(await complaint('fair', { bendAdmission })).not.toBe('');
});

test('an answer to a join that comes before the connection is in the feed is noticed', async () => {
  const bendAdmission = (admission: Admission) => ({
    ...admission,
    entrance: {
      async enter() {
        const snapshot = await admission.entrance.enter(false);
        if (snapshot === null) return null;
        const { epoch, seq } = snapshot;
        const position = formatPosition({ epoch, gen: currentGen(snapshot), seq });
        admission.admitted({ seq, position, missed: [], more: false, snapshot });
        return snapshot;
      },
    },
    admitted: () => undefined,
  });
  expect(await complaint('fair', { bendAdmission })).not.toBe('');
});

test('a bus that confirms before the server has subscribed is noticed', async () => {
  // The audit would make it good, late.
  vi.spyOn(NodeRooms.prototype, 'compare').mockReturnValue(undefined);
  expect(await complaint('fair', { confirmsEarly: true })).not.toBe('');
});

test('a feed that does not hold while it is repaired is noticed', async () => {
  const accept = RoomFeed.prototype.accept;
  vi.spyOn(RoomFeed.prototype, 'accept').mockImplementation(function (this: RoomFeed, event) {
    const wasRepairing = this.isRepairing;
    this.isRepairing = false;
    accept.call(this, event);
    this.isRepairing ||= wasRepairing;
  });
  expect(await complaint('lossy')).not.toBe('');
});

test('a feed that never looks whether its history was lost is noticed', async () => {
  vi.spyOn(RoomFeed.prototype, 'judge').mockImplementation(function (this: RoomFeed, mark) {
    this.gen = currentGen(mark);
  });
  expect(await complaint('restarts')).not.toBe('');
});

test('a room that tells changes which a snapshot holds already is noticed', async () => {
  const enqueue = RoomAudience.prototype.enqueue;
  vi.spyOn(RoomAudience.prototype, 'enqueue').mockImplementation(function (this: RoomAudience, frame) {
    enqueue.call(this, frame, 0);
  });
  expect(await complaint('fair')).not.toBe('');
});

test('a node that does not look for a lost tail is noticed', async () => {
  vi.spyOn(NodeRooms.prototype, 'compare').mockReturnValue(undefined);
  expect(await complaint('lossy')).not.toBe('');
});

test('a connection that ended and stays in its rooms is noticed', async () => {
  vi.spyOn(NodeRooms.prototype, 'drop').mockReturnValue(undefined);
  expect(await complaint('fair')).toContain('for nobody');
});
