/** The steps of presence, walked with nodes that die between any two of them: never twice, never not at all, no ghost member. */
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectRedis } from '../../src/store/redis-connection.ts';
import { seededRandom } from '../faults/support/random.ts';
import { plans } from '../support/presence-model/plans.ts';
import { runModel } from '../support/presence-model/run-model.ts';
import type { Plant } from '../support/presence-model/virtual-redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

/** `MODEL_RUNS=n` walks n runs; `MODEL_SEED` other ones. */
const RUNS = Number(process.env.MODEL_RUNS ?? 60);
const SEED = Number(process.env.MODEL_SEED ?? 5);
/** A planted bug must be found within this many runs. */
const MOST_RUNS = 400;

let server: TestRedis;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  // The time of a run is not that of the machine: nothing may be given up because the machine is busy.
  const patience = { nodeId: 'model', timeoutMs: 60_000, onError: () => undefined };
  admin = connectRedis('commands', { url: server.url, ...patience });
  await new Promise((resolve) => admin.once('ready', resolve));
});
beforeEach(() => {
  let nowMs = 0;
  vi.spyOn(Math, 'random').mockImplementation(seededRandom(SEED));
  // Never a storm: what is gathered for a moment of real time would look as if nobody waited.
  vi.spyOn(performance, 'now').mockImplementation(() => {
    nowMs += 1_000;
    return nowMs;
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  admin.disconnect();
  await server.stop();
});

test('every change is told exactly once and nobody is forgotten, wherever a node dies', async () => {
  const walk = fc.asyncProperty(plans, (plan) => runModel(admin, plan));
  await expect(fc.assert(walk, { numRuns: RUNS, seed: SEED })).resolves.toBeUndefined();
}, 600_000);

const SAME = { from: "if user.status == known_status then return 'same' end", to: '' };
const NOT_NEWER = { from: "if user.revision <= known_revision then return 'same' end", to: '' };
const PLANTED: readonly { what: string; seed: number; found: RegExp; plants: readonly Plant[] }[] = [
  {
    what: 'a change that is told although nothing differs',
    seed: 5,
    found: /told for nothing/,
    plants: [
      { script: 'room_announce', ...SAME },
      { script: 'room_join', ...SAME },
    ],
  },
  {
    what: 'an older change that comes last and wins',
    seed: 5,
    found: /who is online/,
    plants: [
      { script: 'room_announce', from: "if user.revision < known_revision then return 'stale' end", to: '' },
      { script: 'room_announce', ...NOT_NEWER },
    ],
  },
  {
    what: 'a leave that leaves no mark',
    seed: 5,
    found: /does not know of|members of/,
    plants: [{ script: 'room_leave', from: '  leave_mark(user)\n', to: '' }],
  },
  {
    what: 'a hint that is moved although it was written anew',
    seed: 14,
    found: /who is online|no hint/,
    plants: [{ script: 'due_move', from: 'tonumber(score) == tonumber(ARGV[i + 2])', to: 'true' }],
  },
  {
    what: 'a name that passes on with its rooms',
    seed: 5,
    found: /members of/,
    plants: [{ script: 'user_claim', from: 'if has_rooms(user) then', to: 'if false then' }],
  },
  {
    what: 'settling that does not compare revisions',
    seed: 5,
    found: /who is online/,
    plants: [{ script: 'user_settle', from: "string.match(value, '@(%d+)$') ~= revision", to: 'false' }],
  },
];

test.each(PLANTED)(
  'the walk finds $what',
  async ({ plants, seed, found }) => {
    const walk = fc.asyncProperty(plans, (plan) => runModel(admin, plan, plants));
    const { errorInstance } = await fc.check(walk, { numRuns: MOST_RUNS, seed, endOnFailure: true });
    expect(String(errorInstance)).toMatch(found);
  },
  600_000,
);
