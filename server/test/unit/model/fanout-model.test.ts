import fc from 'fast-check';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { NodeRooms } from '../../../src/fanout/node-rooms.ts';
import { plans, type Weather } from '../../support/model/commands.ts';
import { runModel } from '../../support/model/run-model.ts';

/** `MODEL_RUNS=n` walks n interleavings of each kind; `MODEL_SEED` other ones. */
const RUNS = Number(process.env.MODEL_RUNS ?? 3_400);
const SEED = Number(process.env.MODEL_SEED ?? 20_250_101);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function walk(weather: Weather): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), plans(weather), (scheduler, plan) => runModel(scheduler, plan));
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}

test('in fair weather every connection hears everything once and in order, and no audit is needed', async () => {
  const compare = vi.spyOn(NodeRooms.prototype, 'compare').mockReturnValue(undefined);
  await walk('fair');
  compare.mockRestore();
}, 600_000);
test('publications that are lost, late or doubled are made good', () => walk('lossy'), 600_000);
test('restarts, lost tails and rooms that end are told', () => walk('restarts'), 600_000);
