/** Six people on six ways into one room, on the client library, and what each of them was given. */
import WebSocket from 'ws';
import { type Client, type ClientOptions, createClient, createRestClient, type Room } from '../../src/net/client.ts';

/** Every door and transport there is. */
const WAYS = {
  '/ws': { door: 'websocket' },
  '/ws too': { door: 'websocket' },
  'Socket.IO by websocket': { door: 'socketio', transports: ['websocket'] },
  'Socket.IO by polling': { door: 'socketio', transports: ['polling'] },
  'Socket.IO upgraded': { door: 'socketio' },
  'whatever works': {},
} as const satisfies Record<string, Partial<ClientOptions>>;

/** One of the crowd. `given` is what the application got, in that order: texts, and gaps by their reason. */
export type Talker = { way: string; client: Client; room: Room; given: string[] };

/** The crowd. */
export interface Crowd {
  readonly talkers: readonly Talker[];
  /** Everybody writes `count` messages at once. Resolves with how many sends ended in each way. */
  talk(count: number): Promise<Record<string, number>>;
  /** Resolves once somebody has been given `count` entries; rejects, telling who has how many, after 60 s. */
  heard(count: number, who?: 'somebody' | 'everybody'): Promise<void>;
  close(): void;
}

const PATIENCE_MS = 60_000;

/** A new room, with all six in it. Each is found by `names` in the member list. */
export async function gatherCrowd(url: string): Promise<Crowd> {
  const { roomId } = await createRestClient({ url }).createRoom('방장');
  const talkers = await Promise.all(
    Object.entries(WAYS).map(async ([way, options], index): Promise<Talker> => {
      const client = createClient({ url, WebSocket, name: `손님${index + 1}`, ...options });
      const room = await client.join(roomId);
      const given: string[] = [];
      room.events.subscribe((event) => {
        if (event.type === 'message') given.push(event.message.text);
        else if (event.type === 'gap') given.push(`gap: ${event.reason}`);
      });
      return { way, client, room, given };
    }),
  );
  return {
    talkers,
    async talk(count) {
      const outgoing = talkers.flatMap(({ way, room }) => textsOf(way, count).map((text) => room.send(text)));
      const outcomes = await Promise.all(outgoing.map(({ settled }) => settled));
      const tally: Record<string, number> = {};
      for (const { status } of outcomes) tally[status] = (tally[status] ?? 0) + 1;
      return tally;
    },
    heard: (count, who = 'everybody') => untilHeard(talkers, count, who),
    close() {
      for (const { client } of talkers) client.close();
    },
  };
}

/** What one of the crowd writes. */
export function textsOf(way: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${way} ${index} 안녕하세요 🙂`);
}

function untilHeard(talkers: readonly Talker[], count: number, who: 'somebody' | 'everybody'): Promise<void> {
  const isDone = () => {
    const done = talkers.filter(({ given }) => given.length >= count);
    return who === 'everybody' ? done.length === talkers.length : done.length > 0;
  };
  return new Promise((resolve, reject) => {
    const finish = (end: () => void) => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      end();
    };
    const stops = talkers.map(({ room }) => room.events.subscribe(() => isDone() && finish(resolve)));
    const timer = setTimeout(() => finish(() => reject(new Error(`not ${count}: ${counts(talkers)}`))), PATIENCE_MS);
    if (isDone()) finish(resolve);
  });
}

function counts(talkers: readonly Talker[]): string {
  return talkers.map(({ way, given, client }) => `${way} ${given.length} (${client.state.value.status})`).join(', ');
}
