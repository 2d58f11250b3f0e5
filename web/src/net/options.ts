/** What a client can be given, and what it takes where nothing was given. */
import { type Backoff, DEFAULT_BACKOFF } from './backoff.ts';
import type { LinkTimes, WireRecord } from './link.ts';
import {
  createMemoryStorage,
  DEFAULT_OUTBOX_LIMITS,
  type OutboxLimits,
  type OutboxStorage,
  type ReportFailure,
} from './outbox.ts';
import { type Clock, randomId, systemClock, type WebSocketConstructor } from './platform.ts';
import type { RoomEvent } from './room.ts';
import type { SocketIoTransport } from './socketio-wire.ts';
import type { Door } from './wire.ts';

/** What passes, for recorders: frames on the wire and events as the application gets them, in the order of happening. */
export type TapRecord = ({ layer: 'wire' } & WireRecord) | { layer: 'app'; roomId: string; event: RoomEvent };

/** Everything but `url` may be left out; without `token` and `name` the server refuses. */
export type ClientOptions = {
  /** Where the server is: `https://chat.example`. */
  url: string;
  /** `auto` (default): `/ws`, and Socket.IO where a WebSocket cannot be opened. */
  door?: Door | 'auto';
  token?: string;
  /** A guest's name: claimed by the first join where there is no token. */
  name?: string;
  /** Claim `name` anew when the session has ended, instead of stopping as `refused`. */
  reclaim?: boolean;
  /** Language of error texts. */
  locale?: string;
  /** Where unsent messages are kept. Default: memory. */
  storage?: OutboxStorage;
  /** Needed in Node before 22: the one of the `ws` package. */
  WebSocket?: WebSocketConstructor;
  /** How Socket.IO may travel. Default: polling, then an upgrade. */
  transports?: readonly SocketIoTransport[];
  backoff?: Partial<Backoff>;
  times?: Partial<ClientTimes>;
  outboxLimits?: Partial<OutboxLimits>;
  /** How many messages a room holds; older ones fall out. */
  keepMessages?: number;
  clock?: Clock;
  /** In [0, 1). Only waits depend on it. */
  random?: () => number;
  newId?: () => string;
  tap?: (record: TapRecord) => void;
  /** Told when a storage fails. */
  report?: ReportFailure;
};

/** Deadlines and intervals, in ms. */
export type ClientTimes = LinkTimes & { joinDeadlineMs: number; sendDeadlineMs: number; stableMs: number };

/** The options with nothing left open. */
export type Settings = ReturnType<typeof readOptions>;

const TIMES: ClientTimes = {
  openTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  pingIntervalMs: 10_000,
  joinDeadlineMs: 15_000,
  sendDeadlineMs: 30_000,
  // A connection that lived this long counts as good: the next loss starts again with the shortest wait.
  stableMs: 5_000,
};

/** Fills in what was left out. */
export function readOptions(options: ClientOptions) {
  return {
    ...options,
    door: options.door ?? 'auto',
    storage: options.storage ?? createMemoryStorage(),
    backoff: { ...DEFAULT_BACKOFF, ...options.backoff },
    times: { ...TIMES, ...options.times },
    outboxLimits: { ...DEFAULT_OUTBOX_LIMITS, ...options.outboxLimits },
    keepMessages: options.keepMessages ?? 2_000,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    newId: options.newId ?? randomId,
    report: options.report ?? (() => undefined),
  };
}
