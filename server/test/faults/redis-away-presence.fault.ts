/** Redis away for a minute, and for longer than a session lives: nobody who stayed is told to be offline or gone, and every session lives on. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { watchAnnouncements } from './support/announcements.ts';
import { probeAnswers } from './support/answer-probe.ts';
import { proxyBeforeRedis } from './support/redis-proxy.ts';
import { runFault, type Scene } from './support/scenario.ts';
import type { TcpProxy } from './support/tcp-proxy.ts';

/** How Redis goes and comes back. Lifetimes of keys run on in each of them. */
type Way = { leave(scene: Scene, proxy: TcpProxy): unknown; comeBack(scene: Scene, proxy: TcpProxy): unknown };
/** `afterwardsS`: two renewal intervals, presence and its sweep; who was taken for gone by mistake is announced by then. */
type Times = { env: Record<string, string>; awayS: number; afterwardsS: number; outlivesSessions: boolean };

const SHIPPED: Times = { env: {}, awayS: 60, afterwardsS: 60, outlivesSessions: false };
/** 12 min with sessions of 10 min, scaled; presence lives longer than a connection to Redis takes to come back. */
const SCALED: Times = {
  env: { PRESENCE_TTL: '6', PRESENCE_RENEW_MS: '2000', SESSION_TTL: '20' },
  awayS: 24,
  afterwardsS: 15,
  outlivesSessions: true,
};

const CUT: Way = {
  leave(_scene, proxy) {
    proxy.refuse(true);
    proxy.cut();
  },
  comeBack: (_scene, proxy) => proxy.refuse(false),
};
const FROZEN: Way = { leave: ({ redis }) => redis.freeze(), comeBack: ({ redis }) => redis.thaw() };
const RESTARTED: Way = { leave: ({ redis }) => redis.kill(), comeBack: ({ redis }) => redis.start() };

const CASES: readonly { name: string; way: Way; times: Times }[] = [
  { name: 'redis-away-60s', way: CUT, times: SHIPPED },
  { name: 'redis-away-12min-cut', way: CUT, times: SCALED },
  { name: 'redis-away-12min-frozen', way: FROZEN, times: SCALED },
  { name: 'redis-away-12min-restarted', way: RESTARTED, times: SCALED },
];

/** Somebody's session and connections as Redis holds them: the same before and after, or they were given up in between. */
async function lifeOf(admin: Redis, name: string) {
  const [sid, status] = await admin.hmget(`user:${name}:session`, 'sid', 'status');
  const presence = await admin.get(`user:${name}:presence`);
  return { name, sid, status, presence, connections: await admin.zrange(`user:${name}:conns`, '0', '-1') };
}

/** When each session was made: one that expired meanwhile was made anew by the renewal of its connection. */
const birthsOf = ({ admin, crowd }: Scene) =>
  Promise.all(crowd.people.map(({ name }) => admin.hget(`user:${name}:session`, 'createdAt')));

const livesOf = ({ admin, crowd }: Scene) => Promise.all(crowd.people.map(({ name }) => lifeOf(admin, name)));

/** Who of the crowd does not stand in their room as an online member. */
async function missing({ admin, crowd }: Scene): Promise<string[]> {
  const states = await Promise.all(
    crowd.people.map(async ({ name, room }) => [
      await admin.sismember(`room:${room.roomId}:members`, name),
      await admin.hget(`room:${room.roomId}:states`, name),
    ]),
  );
  return crowd.people.flatMap(({ name }, i) => {
    const [isMember, state] = states[i] ?? [];
    return isMember === 1 && String(state).startsWith('online') ? [] : name;
  });
}

test.each(CASES)(
  '$name: 0 false offline, 0 false leaves, sessions alive',
  async ({ name, way, times: { env, awayS, afterwardsS, outlivesSessions } }) => {
    const route = proxyBeforeRedis();
    const { figures, verdict } = await runFault({
      name,
      settings: { ...route.settings, env },
      rate: 20,
      async inject(scene) {
        const before = await livesOf(scene);
        const born = await birthsOf(scene);
        expect(before.every(({ sid, presence }) => sid && presence === 'online')).toBe(true);
        const probe = await probeAnswers(scene);
        const announced = await watchAnnouncements(scene);
        // What is sent meanwhile is told by `redis-away`; here it would only outlive the patience of its sender.
        scene.load.pause();
        await way.leave(scene, route.proxy());
        await delay(awayS * 1_000);
        await way.comeBack(scene, route.proxy());
        await probe.untilGranted();
        scene.load.start();
        await delay(afterwardsS * 1_000);
        const { lost } = await probe.stop();
        announced.close();
        const after = await livesOf(scene);
        expect(after).toEqual(before);
        const bornAgain = await birthsOf(scene);
        return {
          'away, s': awayS,
          'people who stayed': before.length,
          'sessions that expired meanwhile': bornAgain.filter((at, i) => at !== born[i]).length,
          'announced offline': announced.offline.length,
          'announced gone': announced.left.length,
          'not online in their room': (await missing(scene)).length,
          'sockets lost': lost,
          'sessions alive': after.filter(({ sid, status }) => sid && status === 'online').length,
        };
      },
    });
    expect(figures).toMatchObject({
      ...{ 'announced offline': 0, 'announced gone': 0, 'not online in their room': 0, 'sockets lost': 0 },
      'sessions alive': figures['people who stayed'],
      'sessions that expired meanwhile': outlivesSessions ? figures['people who stayed'] : 0,
    });
    expect(verdict.resyncs).toBe(0);
  },
  300_000,
);
