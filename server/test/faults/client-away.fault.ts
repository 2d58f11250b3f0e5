/** A third of the clients cannot reach the server for a while; they come back and are replayed. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { untilAllLive } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';
import { startSplitFront } from './support/split-front.ts';

/** The short selection of CI: a minute where presence lapses after half of it, ten times as fast. */
const FAST = { PRESENCE_TTL: '3', PRESENCE_RENEW_MS: '1000', CLOSE_GRACE_MS: '500', SESSION_TTL: '60' };
const MINUTE =
  process.env.FAULTS === 'ci'
    ? { name: 'client-away-60s-scaled', awayMs: 6_000, env: FAST }
    : { name: 'client-away-60s', awayMs: 60_000, env: {} };

const CASES = [{ name: 'client-away-1s', awayMs: 1_000, env: {} }, MINUTE];

test.each(CASES)(
  '$name: what was missed is replayed',
  async ({ name, awayMs, env }) => {
    const front = startSplitFront();
    await runFault({
      name,
      settings: { env },
      front: front.open,
      client: { transports: ['websocket'] },
      async inject({ crowd, history }) {
        front.shutOut();
        await delay(awayMs);
        const from = history.records.length;
        front.letIn();
        const liveAgainMs = await untilAllLive(crowd);
        const joins = history.records.slice(from).filter((record) => record.kind === 'joined');
        const missed = joins.reduce(
          (total, record) => total + (record.kind === 'joined' ? record.missed.length : 0),
          0,
        );
        const proven = joins.filter((record) => record.kind === 'joined' && record.recovered === true).length;
        return {
          'clients away': joins.length,
          recovered: proven,
          'messages replayed': missed,
          'all live again, ms': liveAgainMs,
        };
      },
      check(figures) {
        expect(figures.recovered).toBe(figures['clients away']);
      },
    });
  },
  180_000,
);
