/** Who is here, over several nodes on a real Redis: every change is told once, and nothing else is. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/service/ports.ts';
import { eventually } from '../support/eventually.ts';
import {
  listenToRoom,
  type PresenceNode,
  type RoomEar,
  type SCALED,
  startPresenceNode,
} from '../support/presence-nodes.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const ROOM = 'room0001';
/** A connection takes up to 2 s to come back, whatever the times of presence are. The session does not outlive the absence. */
const SLOW = { presenceTtlMs: 4_500, sessionTtlMs: 4_800, renewIntervalMs: 1_500, sweepIntervalMs: 50 };
const AWAY = [
  {
    what: 'stood still',
    leave: (redis: TestRedis) => redis.freeze(),
    comeBack: async (redis: TestRedis) => redis.thaw(),
  },
  { what: 'was gone', leave: (redis: TestRedis) => redis.kill(), comeBack: (redis: TestRedis) => redis.start() },
];

describe('presence over three nodes', () => {
  let redis: TestRedis;
  let nodes: PresenceNode[];
  let ear: RoomEar;
  beforeEach(async () => {
    redis = await startRedis({ isDurable: true });
    nodes = await startNodes(3);
    ear = await listenToRoom(redis.url, ROOM);
  });
  afterEach(async () => {
    ear.close();
    await Promise.all(nodes.map((node) => node.die()));
    await redis.stop();
  });

  async function startNodes(count: number, times: Partial<typeof SCALED> = {}): Promise<PresenceNode[]> {
    return Promise.all(Array.from({ length: count }, () => startPresenceNode(redis.url, times)));
  }

  const node = (i: number): PresenceNode => {
    const found = nodes[i];
    if (!found) throw new Error(`no node ${i}`);
    return found;
  };

  async function member(userId: string): Promise<Identity> {
    const identity = { userId, sid: `sid-${userId}`, expiresAtMs: Date.now() + 60_000 };
    const claim = await node(0).sessions.claim(userId, identity.sid);
    if (claim.status !== 'claimed') throw new Error(claim.status);
    const empty = { roomId: ROOM, epoch: 'e1', title: null, isPrivate: false, invite: '' };
    const room = { ...empty, creator: claim.stamp, creatorSid: 's' };
    const stamp = await node(0).sessions.enter(identity, ROOM);
    if ((await node(0).rooms.create({ ...room, creator: stamp })) === 'exists') await node(0).join(identity, ROOM);
    return identity;
  }

  const toldOf = (userId: string) => ear.told.filter((line) => line.startsWith(`${userId} `));
  /** A user who comes and goes: when that was told, everything before had its time. */
  async function barrier(): Promise<void> {
    const userId = `barrier${ear.told.length}`;
    const identity = await member(userId);
    const connection = await node(0).open(identity, userId);
    await node(0).close(connection);
    await eventually(
      () => ear.told,
      (told) => told.includes(`${userId} offline`),
      10_000,
    );
  }

  it('tells nothing of one tab of two, and of the last one once', async () => {
    const identity = await member('user1');
    const first = await node(0).open(identity, 'c1');
    const second = await node(1).open(identity, 'c2');
    await node(0).close(first);
    await barrier();
    expect(toldOf('user1')).toEqual([]);
    await node(1).close(second);
    await barrier();
    expect(toldOf('user1')).toEqual(['user1 offline']);
    await node(2).open(identity, 'c3');
    await barrier();
    expect(toldOf('user1')).toEqual(['user1 offline', 'user1 online']);
  });

  it('tells nothing of a reload', async () => {
    const identity = await member('user1');
    for (let i = 0; i < 5; i++) await node(i % 3).close(await node(i % 3).open(identity, `c${i}`));
    await node(0).open(identity, 'last');
    await barrier();
    expect(toldOf('user1')).toEqual([]);
  });

  it('tells of the users of a dead node once, and nothing of those who are elsewhere too', async () => {
    const users = await Promise.all(Array.from({ length: 20 }, (_, i) => member(`user${i}`)));
    await Promise.all(users.map((identity, i) => node(2).open(identity, `dead${i}`)));
    await Promise.all(users.slice(0, 10).map((identity, i) => node(1).open(identity, `alive${i}`)));
    ear.told.length = 0;
    await node(2).die();
    await eventually(
      () => ear.told,
      (told) => told.length >= 10,
    );
    await barrier();
    const offline = users.slice(10).map(({ userId }) => `${userId} offline`);
    expect(ear.told.filter((line) => line.startsWith('user')).sort()).toEqual(offline.sort());
  });

  it('tells of a claim that no connection followed', async () => {
    await member('user1');
    await eventually(
      () => toldOf('user1'),
      (told) => told.includes('user1 offline'),
    );
    await barrier();
    expect(toldOf('user1')).toEqual(['user1 offline']);
  });

  it('ends memberships once when the session is over', async () => {
    nodes.push(...(await startNodes(2, { sessionTtlMs: 900 })));
    const shortLived = node(3);
    const identity = await member('user1');
    await shortLived.close(await shortLived.open(identity, 'c1'));
    await eventually(
      () => toldOf('user1'),
      (told) => told.length >= 2,
    );
    await barrier();
    expect(toldOf('user1')).toEqual(['user1 offline', 'user1 left expired']);
    expect((await node(0).rooms.snapshot(ROOM))?.members).not.toContain('user1');
    expect(await node(0).sessions.rooms('user1')).toEqual([]);
  });

  it('finishes what a node left pending when it died', async () => {
    const identity = await member('user1');
    await node(0).open(identity, 'c1');
    await node(0).sessions.exit('user1', ROOM, 'left');
    await eventually(
      () => toldOf('user1'),
      (told) => told.length > 0,
    );
    expect(toldOf('user1')).toEqual(['user1 left left']);
    await eventually(
      () => node(0).sessions.rooms('user1'),
      (rooms) => rooms.length === 0,
    );
  });

  it('ends a membership that the user does not know of, and no other, in the slow pass of one node', async () => {
    const slow = await startNodes(3, { slowPassIntervalMs: 300 });
    nodes.push(...slow);
    const [ghost, known] = [await member('ghost'), await member('known')];
    await Promise.all([ghost, known].map((identity) => node(0).open(identity, identity.userId)));
    ear.told.length = 0;
    await node(0).sessions.forget('ghost', ROOM);
    await eventually(
      () => toldOf('ghost'),
      (told) => told.length > 0,
    );
    await barrier();
    expect([toldOf('ghost'), toldOf('known')]).toEqual([['ghost left expired'], []]);
    expect((await node(0).rooms.snapshot(ROOM))?.members).not.toContain('ghost');
    await node(0).join(ghost, ROOM);
    await barrier();
    expect(toldOf('ghost')).toEqual(['ghost left expired', 'ghost joined']);
  });

  it.each(AWAY)(
    'takes nobody for gone after Redis $what',
    async ({ leave, comeBack }) => {
      await Promise.all(nodes.map((each) => each.die()));
      nodes = await startNodes(3, SLOW);
      const users = await Promise.all(Array.from({ length: 5 }, (_, i) => member(`user${i}`)));
      await Promise.all(users.map((identity, i) => node(i % 3).open(identity, `c${i}`)));
      ear.told.length = 0;
      await leave(redis);
      const start = performance.now();
      await eventually(
        () => performance.now() - start,
        (ms) => ms > SLOW.presenceTtlMs + 500,
        2 * SLOW.presenceTtlMs,
      );
      await comeBack(redis);
      ear.close();
      ear = await listenToRoom(redis.url, ROOM);
      await eventually(
        () =>
          node(0)
            .rooms.snapshot(ROOM)
            .catch(() => null),
        (snapshot) => snapshot !== null,
      );
      await barrier();
      expect(ear.told.filter((line) => line.startsWith('user'))).toEqual([]);
      expect(nodes.flatMap(({ lost }) => lost)).toEqual([]);
      const snapshot = await node(0).rooms.snapshot(ROOM);
      expect(snapshot?.online.filter((userId) => userId.startsWith('user'))).toHaveLength(5);
    },
    40_000,
  );

  it('closes the connections of a session that was ended elsewhere', async () => {
    const identity = await member('user1');
    await node(1).open(identity, 'c1');
    const { pending } = await node(0).sessions.end(identity);
    await node(0).presence.effects.apply(pending);
    await eventually(
      () => node(1).lost,
      (lost) => lost.includes('c1'),
    );
    expect(toldOf('user1')).toEqual(['user1 left left']);
  });

  it('tells of 300 users exactly once, however many sweepers look', async () => {
    nodes.push(...(await startNodes(2)));
    const users = await Promise.all(Array.from({ length: 300 }, (_, i) => member(`user${i}`)));
    await Promise.all(users.map((identity, i) => node(0).open(identity, `c${i}`)));
    ear.told.length = 0;
    await node(0).die();
    nodes.shift();
    await eventually(
      () => ear.told.length,
      (count) => count >= 300,
      15_000,
    );
    await barrier();
    const told = ear.told.filter((line) => line.startsWith('user'));
    expect(told).toHaveLength(300);
    expect(new Set(told).size).toBe(300);
    expect(nodes.flatMap(({ failures }) => failures)).toEqual([]);
  });
});
