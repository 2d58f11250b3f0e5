/** A member's way to the cluster: at most one connection, opened again when it ends unasked, with all rooms joined. */
import { type Connection, openConnection } from './connection.ts';
import { complain, count, TIMES } from './metrics.ts';
import type { Door } from './profiles.ts';
import type { RoomView } from './room-view.ts';
import { sleep } from './sleep.ts';

/** Who goes where. `refused` is told why an attempt came to nothing. */
export type LineOptions = {
  name: string;
  url: string;
  door: Door;
  rooms: readonly RoomView[];
  refused(reason: string): void;
};

/** See the file's sentence. */
export interface Line {
  connection(): Connection | null;
  /** Opens, joins all rooms, and tries again until that worked or nobody would wait any longer. */
  enter(intendedAt: number, as: 'connect' | 'reconnect'): Promise<void>;
  /** Resolves when no attempt is under way. */
  settled(): Promise<void>;
  drop(): void;
  end(): void;
}

/** Longer than the patience of the clients that people use. */
const ENTER_WITHIN_MS = 20_000;
const PAUSE_MS = { least: 200, most: 1_500 };

/** A line that is not open yet. */
export function createLine(options: LineOptions): Line {
  const session = { token: options.name };
  let current: Connection | null = null;
  let attempt: Promise<void> = Promise.resolve();
  let isOver = false;

  const ended = (connection: Connection, reason: string) => {
    if (current !== connection) return;
    current = null;
    count('closed');
    if (isOver) return;
    count('disconnects');
    console.warn(`a connection was lost: ${reason}`);
    void enter(Date.now(), 'reconnect');
  };
  const enterNow = async (intendedAt: number, as: 'connect' | 'reconnect') => {
    const deadline = Math.max(intendedAt, Date.now()) + ENTER_WITHIN_MS;
    while (!isOver) {
      const outcome = await openAndJoin(options, session, ended);
      if (typeof outcome !== 'string') {
        current = outcome;
        count('connected');
        return TIMES[as].add(Date.now() - intendedAt);
      }
      options.refused(outcome);
      if (Date.now() >= deadline) return complain('connectFailed', `gave up connecting: ${outcome}`);
      complain('connectRetries', `a connection was refused: ${outcome}`);
      await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
    }
  };
  const enter = (intendedAt: number, as: 'connect' | 'reconnect') => {
    attempt = attempt.then(() => (current === null ? enterNow(intendedAt, as) : undefined));
    return attempt;
  };
  const drop = () => {
    const dropped = current;
    current = null;
    if (dropped !== null) count('closed');
    dropped?.close();
  };
  return {
    connection: () => current,
    enter,
    settled: () => attempt,
    drop,
    end() {
      isOver = true;
      drop();
    },
  };
}

/** The connection with all rooms joined, or what stood in the way. `ended` is told of every connection. */
function openAndJoin(
  { url, door, rooms }: LineOptions,
  session: { token: string },
  ended: (connection: Connection, reason: string) => void,
): Promise<Connection | string> {
  const byId = new Map(rooms.map((room) => [room.roomId, room]));
  return new Promise((resolve) => {
    const connection: Connection = openConnection({
      ...{ url, door, token: session.token },
      admitted: () => joinFrom(0),
      heard: (event, payload) => byId.get(roomOf(payload))?.heard(event, payload),
      ended(reason) {
        resolve(reason);
        ended(connection, reason);
      },
    });
    const joinFrom = (place: number) => {
      const room = rooms[place];
      if (room === undefined) return resolve(connection);
      room.join(connection, session.token, (outcome) => {
        if (outcome.ok) {
          session.token = outcome.token;
          return joinFrom(place + 1);
        }
        resolve(`join: ${outcome.code}`);
        if (outcome.code === 'CONNECTION_LOST') return;
        complain('joinFailed', `a join was refused: ${outcome.code}`, outcome.code);
        connection.close();
      });
    };
  });
}

function roomOf(payload: unknown): string {
  return typeof payload === 'object' && payload !== null && 'roomId' in payload ? String(payload.roomId) : '';
}
