/** The verdict at a rest: what Redis holds and what rooms were told, against the truth. */
import type { Redis } from 'ioredis';
import type { UserTruth } from './truth.ts';
import type { VirtualRedis } from './virtual-redis.ts';

type Told = { type: string; userId: string; status?: string; rev: number };

/** Follows what one room was told, as a client does. */
export class RoomListener {
  readonly roomId: string;
  readonly #online = new Map<string, boolean>();
  #rev = 1;
  #heard = 0;

  constructor(roomId: string, creator: string) {
    this.roomId = roomId;
    this.#online.set(creator, true);
  }

  get members(): string[] {
    return [...this.#online.keys()].sort();
  }

  get online(): string[] {
    return this.members.filter((userId) => this.#online.get(userId));
  }

  /** Hears what is new; answers whom a change of presence was told of. Throws at what is told twice or out of turn. */
  hear(told: readonly Record<string, unknown>[]): string[] {
    const flickers: string[] = [];
    for (const event of told.slice(this.#heard)) {
      if (!isTold(event)) throw new Error(`unknown: ${JSON.stringify(event)}`);
      if (event.rev !== this.#rev + 1) throw new Error(`rev ${event.rev} after ${this.#rev}`);
      this.#rev = event.rev;
      this.#follow(event);
      if (event.type === 'presence') flickers.push(event.userId);
    }
    this.#heard = told.length;
    return flickers;
  }

  #follow(event: Told): void {
    const known = this.#online.get(event.userId);
    const isOnline = event.type === 'joined' || event.status === 'online';
    const isNews = event.type === 'joined' ? known === undefined : known !== undefined;
    if (!isNews || (event.type === 'presence' && known === isOnline)) {
      throw new Error(`told for nothing in ${this.roomId}: ${JSON.stringify(event)}`);
    }
    if (event.type === 'left') this.#online.delete(event.userId);
    else this.#online.set(event.userId, isOnline);
  }
}

function isTold(event: Record<string, unknown>): event is Told {
  return typeof event.type === 'string' && typeof event.userId === 'string' && typeof event.rev === 'number';
}

/** What is judged. */
export type Case = {
  admin: Redis;
  redis: VirtualRedis;
  listeners: readonly RoomListener[];
  users: readonly UserTruth[];
};

/** Throws with the first thing that is not as it must be; where the truth is open, what Redis holds becomes the truth. */
export async function judge({ admin, redis, listeners, users }: Case): Promise<void> {
  for (const user of users) user.rest(redis.nowMs());
  for (const listener of listeners) {
    const { roomId } = listener;
    const flickers = listener.hear(await redis.told(roomId));
    const members = (await admin.smembers(`room:${roomId}:members`)).sort();
    expectSame(`who was told to be in ${roomId}`, listener.members, members);
    for (const user of users) settle(user, roomId, members.includes(user.userId));
    expectSame(
      `members of ${roomId}`,
      members,
      namesOf(users, ({ memberships }) => memberships.get(roomId) === 'in'),
    );
    const states = Object.entries(await admin.hgetall(`room:${roomId}:states`));
    const online = states.flatMap(([userId, state]) => (state.startsWith('online') ? userId : [])).sort();
    expectSame(`who was told to be online in ${roomId}`, listener.online, online);
    const present = namesOf(users, (user) => user.isOnline && user.memberships.get(roomId) === 'in');
    expectSame(`who is online in ${roomId}`, online, present);
    const shaken = flickers.filter((userId) => users.some((user) => user.userId === userId && user.isCovered));
    expectSame(`who flickered in ${roomId}`, shaken, []);
  }
  for (const user of users) await judgeKeys(admin, user);
  for (const user of users) user.begin();
}

/** Nobody is a member without knowing it, nothing stays pending, and a hint leads to everybody who stands in a room. */
async function judgeKeys(admin: Redis, { userId, memberships }: UserTruth): Promise<void> {
  const listed = await admin.smembers(`user:${userId}:rooms`);
  const unlisted = [...memberships].filter(([roomId, state]) => state === 'in' && !listed.includes(roomId));
  expectSame(`rooms that ${userId} does not know of`, unlisted, []);
  expectSame(`what is pending for ${userId}`, await admin.hgetall(`user:${userId}:pending`), {});
  const shards = await admin.keys('presence:due:*');
  const hints = await Promise.all(shards.map((shard) => admin.zscore(shard, userId)));
  if (listed.length > 0 && hints.every((score) => score === null)) throw new Error(`no hint leads to ${userId}`);
}

function settle({ memberships }: UserTruth, roomId: string, isMember: boolean): void {
  if (memberships.get(roomId) === 'maybe') memberships.set(roomId, isMember ? 'in' : 'out');
}

function namesOf(users: readonly UserTruth[], fits: (user: UserTruth) => boolean): string[] {
  return users.flatMap((user) => (fits(user) ? user.userId : [])).sort();
}

function expectSame(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`${what}: ${JSON.stringify(found)}, but should be ${JSON.stringify(wanted)}`);
}
