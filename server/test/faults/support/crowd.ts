/** The people of a fault: clients of the library on both doors, who write at a steady rate and whose every promise is watched. */
import { type Client, type ClientOptions, createClient, type Door, type Outgoing, type Room } from '@c2c/web/client';
import WebSocket from 'ws';
import type { History } from '../../history/recorder.ts';
import { createPromiseWatch, type PromiseWatch } from './promise-watch.ts';
import { createTap } from './record-client.ts';

/** How the crowd is made. `urlOf` says where each client (counted from 0) knocks. */
export type CrowdOptions = {
  size: number;
  rooms: readonly string[];
  urlOf(index: number): string;
  history: History;
  random(): number;
  client?: Partial<ClientOptions>;
  /** Length to which texts are filled up. */
  textLength?: number;
};

/** Somebody in one room. */
export type Person = { name: string; index: number; door: Door; client: Client; room: Room };

/** A delivery to an application: when it was sent (on the clock of `performance.now`) and how long it took. */
export type Delivery = { sentAt: number; tookMs: number; to: Person };

/** Everybody. */
export interface Crowd {
  readonly people: readonly Person[];
  readonly promises: PromiseWatch;
  /** All deliveries of messages that `say` sent, in the order in which they arrived. */
  readonly deliveries: readonly Delivery[];
  /** Somebody says something that nobody has said before. */
  say(person: Person): Outgoing;
  /** What was said so far. */
  readonly said: readonly Outgoing[];
  close(): void;
}

const JOIN_MS = 20_000;
const SEND_MS = 60_000;
/** Reconnects fast, so that a fault shows the server's times and not the waiting of clients. */
const BACKOFF = { baseMs: 200, capMs: 2_000 };

/** Half on either door, spread over the rooms; resolves when all are live. */
export async function gatherCrowd(options: CrowdOptions): Promise<Crowd> {
  const promises = createPromiseWatch();
  const sentAt = new Map<string, number>();
  const deliveries: Delivery[] = [];
  const said: Outgoing[] = [];
  const suffix = Math.floor(options.random() * 36 ** 6).toString(36);
  const people = await Promise.all(
    Array.from({ length: options.size }, async (_, index) => {
      const person = await arrive({ ...options, name: `p${index} ${suffix}`, index }, promises);
      person.room.events.subscribe((event) => {
        const at = event.type === 'message' ? sentAt.get(event.message.text) : undefined;
        if (at !== undefined) deliveries.push({ sentAt: at, tookMs: performance.now() - at, to: person });
      });
      return person;
    }),
  );
  return {
    people,
    promises,
    deliveries,
    said,
    say(person) {
      const text = `${person.name} · ${said.length}`.padEnd(options.textLength ?? 0, ' .');
      sentAt.set(text, performance.now());
      const outgoing = person.room.send(text, { deadlineMs: SEND_MS });
      promises.watch(`send of ${text}`, { promise: outgoing.settled, withinMs: SEND_MS });
      said.push(outgoing);
      return outgoing;
    },
    close() {
      for (const { client } of people) client.close();
    },
  };
}

async function arrive(
  options: CrowdOptions & { name: string; index: number },
  promises: PromiseWatch,
): Promise<Person> {
  const { name, index, random, history, rooms } = options;
  const door: Door = index % 2 === 0 ? 'socketio' : 'websocket';
  const client = createClient({
    ...{ url: options.urlOf(index), door, name, random, WebSocket, backoff: BACKOFF },
    tap: createTap(history, name),
    ...options.client,
  });
  const roomId = rooms[Math.floor(index / 2) % rooms.length] ?? '';
  const joining = client.join(roomId, { deadlineMs: JOIN_MS });
  promises.watch(`join of ${name}`, { promise: joining, withinMs: JOIN_MS });
  return { name, index, door, client, room: await joining };
}
