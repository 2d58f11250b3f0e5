/** One node's fan-out over a store and a bus in memory, on vitest's fake timers: what unit tests of its behaviours share. */
import { vi } from 'vitest';
import { createMemoryHub } from '../../src/bus/memory-bus.ts';
import { NodeRooms } from '../../src/fanout/node-rooms.ts';
import type { CloseReason } from '../../src/protocol/index.ts';
import type { Admitted, Entrance, FrameBatch, Outlet } from '../../src/service/live-ports.ts';
import type { RoomSnapshot, UserStamp } from '../../src/service/ports.ts';
import { createMemoryRoomStore } from '../../src/store/memory-room-store.ts';

/** The room of these tests; its creator is `host`. */
export const ROOM = 'abc12345';

/** The session that made the room. */
export const HOST_SID = 'sid-of-host';

type Wire = { t: string } & Record<string, unknown>;

/** A connection that writes down what it is told, its answers to joins included. */
export class RecordingOutlet implements Outlet {
  readonly id: string;
  readonly userId: string;
  readonly heard: Wire[] = [];
  pending = 0;
  closedFor: CloseReason | null = null;

  constructor(id: string, userId: string) {
    this.id = id;
    this.userId = userId;
  }

  deliver({ frames }: FrameBatch): void {
    for (const frame of frames) this.heard.push(JSON.parse(frame.websocket));
  }

  pendingBytes(): number {
    return this.pending;
  }

  close(reason: CloseReason): void {
    this.closedFor = reason;
  }

  names(): string[] {
    return this.heard.map(({ t }) => t);
  }

  of(name: string): Wire[] {
    return this.heard.filter(({ t }) => t === name);
  }
}

/** Lets everything happen that is due within `ms`. */
export async function pass(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** A node, its Redis, and what its use cases do; every call that fan-out makes can be watched or bent. */
export async function startFanoutNode(more: { flushWindowMs?: number } = {}) {
  const hub = createMemoryHub();
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const publish = (roomId: string, payload: string) => void hub.publish(roomId, payload);
  const store = createMemoryRoomStore({ clock, publish, messageRate: 1_000, messageBurst: 10_000 });
  const counts: string[] = [];
  const count = (what: string) => void counts.push(what);
  const live = new NodeRooms({
    rooms: store,
    connectBus: (listener) => hub.connect(listener),
    flushWindowMs: more.flushWindowMs ?? 10,
    recentBytes: 2_000_000,
    failures: { report: (stage, error) => count(`failure ${stage} ${String(error)}`) },
    meter: {
      flushed: () => undefined,
      gap: (what) => count(what),
      dropped: (why) => count(why),
      replay: (source) => count(source),
      joined: () => undefined,
      resync: () => count('resync'),
      rooms: () => undefined,
    },
    clock,
    hasFrozen: () => false,
  });

  let revision = 0;
  const stamp = (userId: string, status: UserStamp['status'] = 'online'): UserStamp => {
    revision++;
    return { userId, revision, timeMs: Date.now(), status };
  };
  const enter = async (userId: string): Promise<RoomSnapshot> => {
    const answer = await store.join(ROOM, stamp(userId), '');
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  };
  const creator = stamp('host');
  const empty = { roomId: ROOM, epoch: 'e1', title: null, isPrivate: false, invite: '' };
  await store.create({ ...empty, creator, creatorSid: HOST_SID });

  return {
    hub,
    store,
    live,
    counts,
    stamp,
    enter,
    /** Joins; the answer stands in `heard` as `joined`. */
    join: (outlet: RecordingOutlet, options: { after?: string; enter?: Entrance['enter'] } = {}) =>
      live.attach(outlet, {
        roomId: ROOM,
        after: options.after,
        ready: async () => undefined,
        entrance: { enter: options.enter ?? (async (isKnown) => (isKnown ? null : enter(outlet.userId))) },
        admitted: ({ snapshot, ...past }: Admitted) => {
          const { rev, members, online } = snapshot;
          outlet.heard.push({ t: 'joined', rev, members, online, ...past });
        },
      }),
    leave: (outlet: RecordingOutlet, before: () => Promise<void> = async () => undefined) =>
      live.leave(outlet, ROOM, async () => {
        await store.leave(ROOM, stamp(outlet.userId), 'left');
        await before();
      }),
    say: (text: string, userId = 'host') => store.append({ roomId: ROOM, userId, text }),
    remove: (userId: string) => store.remove(ROOM, { userId: 'host', sid: HOST_SID }, userId),
    announce: (userId: string, status: UserStamp['status']) => store.announce(ROOM, stamp(userId, status)),
    publish: (payload: unknown) => hub.publish(ROOM, typeof payload === 'string' ? payload : JSON.stringify(payload)),
  };
}
