/** Who is in which room: lets members in, drops them, and lets them come back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Entered, EnterOptions, Returned, Target } from './commands.ts';
import { SOCKETIO, WEBSOCKET } from './dialect.ts';
import { createHistogram } from './histogram.ts';
import { type Crowd, type Joined, Member, type Seat } from './member.ts';
import type { Tally } from './tally.ts';

/** A room with those who are in it now. */
export type Room = { roomId: string; members: Member[]; sent: number };

const TRIES = 40;
/** What a server answers that is busy for a moment; clients are told to come again. */
const PASSING = /503|OVERLOADED|SERVICE_UNAVAILABLE|DRAINING|ECONNRESET/;
const RETRY_MS = 1_000;

/** The rooms of one target. */
export function createCrowd(target: Target, tally: Tally) {
  const shared: Crowd = {
    dialect: target.dialect === 'socketio' ? SOCKETIO : WEBSOCKET,
    places: { mark: 0, seq: 0 },
    tally,
  };
  const rooms: Room[] = [];
  let dropped: { member: Member; room: Room; index: number }[] = [];
  const leaving = new Set<Member>();
  let born = 0;

  const enterOne = (member: Member, index: number) => enterPatiently(member, routeOf(target, index));

  return {
    rooms: () => rooms,
    async make(count: number): Promise<void> {
      const urls = target.ports.map((port) => `http://127.0.0.1:${port}/api/rooms`);
      await inParallel(count, 16, async (index) => {
        const roomId =
          target.server === 'c2c' ? await createRoom(urls[index % urls.length] ?? '', index) : `room${index}`;
        rooms.push({ roomId, members: [], sent: 0 });
      });
    },
    async enter({ members, parallel, isStaying }: EnterOptions): Promise<Entered> {
      const first = born;
      born += members * rooms.length;
      return timed({ count: born - first, parallel, tally }, async (index) => {
        const room = rooms[index % rooms.length];
        if (room === undefined) throw new Error('no rooms were made');
        const seat: Seat = { roomId: room.roomId, token: `u${first + index}`, after: undefined };
        const member = new Member(shared, seat);
        // Neighbours in a room are on different nodes.
        const { joined, retries } = await enterOne(member, Math.floor(index / rooms.length) + (index % rooms.length));
        seat.after = joined.position;
        room.members.push(member);
        if (!isStaying) leaving.add(member);
        return retries;
      });
    },
    /** Some come into every hundredth room and go again. */
    async warmUp(members: number): Promise<void> {
      const visitors: Member[] = [];
      await inParallel(members, members, async (index) => {
        const roomId = rooms[(index * 100) % rooms.length]?.roomId ?? '';
        const visitor = new Member(shared, { roomId, token: `visitor${index}`, after: undefined });
        await enterOne(visitor, index);
        visitors.push(visitor);
      });
      for (const visitor of visitors) visitor.drop();
    },
    drop(): void {
      dropped = rooms.flatMap((room, place) =>
        room.members
          .filter((member) => leaving.has(member))
          .map((member, index) => ({ member, room, index: place + index })),
      );
      for (const room of rooms) room.members = room.members.filter((member) => !leaving.has(member));
      for (const { member } of dropped) member.drop();
    },
    async returns(parallel: number): Promise<Returned> {
      const replay = { replayed: 0, missing: 0, unrecovered: 0 };
      const entered = await timed({ count: dropped.length, parallel, tally }, async (turn) => {
        const back = dropped[turn];
        if (back === undefined) return 0;
        const before = back.member.seq;
        const { joined, retries } = await enterOne(back.member, back.index + 1);
        judgeReplay(joined, before, replay);
        back.member.seat.after = joined.position;
        back.room.members.push(back.member);
        return retries;
      });
      return { ...entered, ...replay };
    },
  };
}

/** What was missed follows the last number known, without a hole, up to the room's. */
function judgeReplay(
  joined: Joined,
  before: number,
  replay: { replayed: number; missing: number; unrecovered: number },
) {
  if (joined.seq === undefined) return;
  if (joined.recovered !== true) replay.unrecovered++;
  const missed = joined.missed ?? [];
  const inOrder = missed.filter(({ seq }, index) => seq === before + index + 1).length;
  replay.replayed += inOrder;
  replay.missing += joined.seq - before - inOrder;
}

function routeOf({ ports, addresses }: Target, index: number) {
  const port = ports[index % ports.length] ?? 0;
  const host = 1 + (Math.floor(index / ports.length) % addresses);
  return { port, localAddress: addresses > 1 ? `127.0.0.${host}` : undefined };
}

async function enterPatiently(member: Member, route: ReturnType<typeof routeOf>) {
  for (let retries = 0; ; retries++) {
    try {
      return { joined: await member.enter(route), retries };
    } catch (error) {
      if (retries >= TRIES || !(error instanceof Error && PASSING.test(error.message))) throw error;
      await delay(RETRY_MS * (0.5 + Math.random()));
    }
  }
}

type Storm = { count: number; parallel: number; tally: Tally };

/** `work` answers its retries. Nobody waits for the others: the next one starts as soon as there is a place. */
async function timed({ count, parallel, tally }: Storm, work: (index: number) => Promise<number>): Promise<Entered> {
  const times = createHistogram();
  let retries = 0;
  let maxMs = 0;
  const refusedBefore = tally.refusals;
  const begin = performance.now();
  await inParallel(count, parallel, async (index) => {
    const startMs = performance.now();
    retries += await work(index);
    const tookMs = performance.now() - startMs;
    maxMs = Math.max(maxMs, tookMs);
    times.add(tookMs);
  });
  const wallMs = performance.now() - begin;
  const refused = tally.refusals - refusedBefore;
  return { count, wallMs, p50Ms: times.quantile(0.5), p99Ms: times.quantile(0.99), maxMs, retries, refused };
}

async function inParallel(count: number, width: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}

async function createRoom(url: string, index: number): Promise<string> {
  const body = JSON.stringify({ creatorName: `maker${index}` });
  const headers = { 'content-type': 'application/json' };
  for (let tries = 1; ; tries++) {
    const answer = await fetch(url, { method: 'POST', headers, body });
    const { data, error } = (await answer.json()) as { data: { roomId: string } | null; error: unknown };
    if (data !== null) return data.roomId;
    const reason = `no room: ${JSON.stringify(error)}`;
    if (tries >= TRIES || !PASSING.test(reason)) throw new Error(reason);
    await delay(RETRY_MS);
  }
}
