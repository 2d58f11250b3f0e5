/** Five sweepers and 20 000 users who lapse: each is announced once, also when a sweeper is killed in the middle, again and again. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAdmin } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { startPresenceNode } from '../support/presence-nodes.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { seededRandom } from './support/random.ts';
import { openRow, writeRow } from './support/rows.ts';

const USERS = Number(process.env.SWEPT_USERS ?? 20_000);
const ROOMS = 100;
const SWEEPERS = 5;
const AT_ONCE = 200;
const TIMES = {
  presenceTtlMs: 15_000,
  sessionTtlMs: 600_000,
  closeGraceMs: 1_000,
  renewIntervalMs: 2_000,
  sweepIntervalMs: 50,
};
const PROCESS = new URL('../support/sweeper-process.ts', import.meta.url);

let redis: TestRedis;
let sweepers: ChildProcess[];
beforeEach(async () => {
  redis = await startRedis();
  sweepers = [];
});
afterEach(async () => {
  for (const sweeper of sweepers) sweeper.kill('SIGKILL');
  await redis.stop();
});

async function startSweeper(): Promise<void> {
  const sweeper = fork(PROCESS, [redis.url, JSON.stringify(TIMES)], { execArgv: ['--import', 'tsx'] });
  sweepers.push(sweeper);
  await once(sweeper, 'message');
}

/** Users who claimed their names, entered a room and are never seen again: they lapse as they came, one after the other. */
async function letLapse(): Promise<void> {
  const node = await startPresenceNode(redis.url, { ...TIMES, sweepIntervalMs: 3_600_000 });
  for (let room = 0; room < ROOMS; room++) {
    const creator = { userId: 'host', revision: 1, timeMs: Date.now(), status: 'offline' } as const;
    const life = { epoch: 'e1', title: null, isPrivate: false, invite: '', creator, creatorSid: 's' };
    await node.rooms.create({ roomId: roomOf(room), ...life });
  }
  for (let first = 0; first < USERS; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, USERS - first) }, (_, i) => appear(first + i)));
  }
  await node.die();

  async function appear(index: number): Promise<void> {
    const identity = { userId: `user${index}`, sid: `s${index}`, expiresAtMs: Date.now() + 600_000 };
    const enter = async () => {
      await node.sessions.claim(identity.userId, identity.sid);
      await node.join(identity, roomOf(index % ROOMS));
      return true;
    };
    // A busy machine may not answer in time: a claim and a join are repeated like those of any client.
    await eventually(
      () => enter().catch(() => false),
      (isIn) => isIn,
      60_000,
    );
  }
}

function roomOf(index: number): string {
  return `room${String(index).padStart(4, '0')}`;
}

it.each([{ kills: 0 }, { kills: 20 }])(
  `tells of ${USERS} users once each while $kills sweepers die`,
  async ({ kills }) => {
    const random = seededRandom(kills + 1);
    const startedAt = performance.now();
    const fault = `presence-sweepers-${kills}-kills`;
    openRow(fault, kills + 1);
    const listener = openAdmin(redis.url);
    const told = new Map<string, number>();
    let count = 0;
    listener.on('pmessage', (_pattern: string, _channel: string, text: string) => {
      const { type, status, userId } = JSON.parse(text) as Record<string, unknown>;
      if (type !== 'presence' || status !== 'offline') return;
      told.set(String(userId), (told.get(String(userId)) ?? 0) + 1);
      count++;
    });
    await listener.psubscribe('chan:*');
    await Promise.all(Array.from({ length: SWEEPERS }, startSweeper));
    const lapsing = letLapse();
    let killed = 0;
    for (; killed < kills; killed++) {
      const next = ((killed + 0.2 + 0.6 * random()) * USERS) / kills;
      await eventually(
        () => count,
        (so) => so >= next,
        120_000,
      );
      const [victim] = sweepers.splice(Math.floor(random() * sweepers.length), 1);
      victim?.kill('SIGKILL');
      void startSweeper();
    }
    await lapsing;
    await eventually(
      () => told.size,
      (size) => size >= USERS,
      120_000,
    );
    // Leases of the dead have run out, and what came back was looked at again.
    const start = performance.now();
    await eventually(
      () => performance.now() - start,
      (ms) => ms > 3 * TIMES.closeGraceMs,
    );
    listener.disconnect();
    const twice = [...told].filter(([, times]) => times > 1);
    const figures = { users: told.size, announcements: count, 'told twice': twice.length, 'sweepers killed': killed };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    const isKept = told.size === USERS && count === USERS && twice.length === 0 && killed === kills;
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    writeRow({ fault, verdict: `each told once by ${SWEEPERS} sweepers`, isKept, figures, seed: kills + 1, seconds });
    expect({ users: told.size, announcements: count, twice, killed }).toEqual({
      ...{ users: USERS, announcements: USERS, twice: [], killed: kills },
    });
  },
  600_000,
);
