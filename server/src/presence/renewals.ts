/** Keeps the connections of this node alive in Redis: each renewed once an interval, in batches spread over it. */
import type {
  Clock,
  ConnectionOwner,
  Failures,
  LostReason,
  OpenConnection,
  PresenceWatch,
  SessionStore,
} from '../service/ports.ts';
import type { Effects } from './effects.ts';
import { createPeriodic } from './periodic.ts';

/** What renewals need. */
export type RenewalsDeps = {
  sessions: Pick<SessionStore, 'renew'>;
  effects: Effects;
  failures: Failures;
  clock: Pick<Clock, 'monotonicMs'>;
  intervalMs: number;
  createLoop?: typeof createPeriodic;
};

/** The connections of this node. */
export interface Renewals extends PresenceWatch {
  /** Renews the connection from now on. */
  track: PresenceWatch['track'];
  /** Idempotent. Call it before `SessionStore.close`. */
  untrack(connection: OpenConnection): void;
  start(): void;
  close(): Promise<void>;
}

type Tracked = { connection: OpenConnection; owner: ConnectionOwner; dueMs: number };

const TICKS_PER_INTERVAL = 5;
/** Connections in one call: what one script takes. */
const BATCH = 100;

/** One shared timer. A batch that failed is tried again at the next tick, so an absence of Redis is made up for at once. */
export function createRenewals(deps: RenewalsDeps): Renewals {
  const { sessions, effects, failures, clock, intervalMs, createLoop = createPeriodic } = deps;
  const tracked = new Map<string, Tracked>();
  const tickMs = intervalMs / TICKS_PER_INTERVAL;

  async function renewDue(): Promise<void> {
    const horizonMs = clock.monotonicMs() + tickMs;
    const due = [...tracked.values()].filter(({ dueMs }) => dueMs <= horizonMs);
    for (let start = 0; start < due.length; start += BATCH) {
      // Who was closed while earlier batches were on their way must not come back to life.
      const batch = due.slice(start, start + BATCH).filter(isTracked);
      if (batch.length > 0) await renew(batch);
    }
  }

  async function renew(batch: readonly Tracked[]): Promise<void> {
    const startedMs = clock.monotonicMs();
    const { states, pending } = await sessions.renew(batch.map(({ connection }) => connection));
    batch.forEach((entry, i) => {
      if (states[i] === 'lost') lose(entry, 'CONNECTION_LOST');
      else if (states[i] === 'expired') lose(entry, 'SESSION_EXPIRED');
      else entry.dueMs = startedMs + intervalMs;
    });
    await effects.apply(pending);
  }

  function lose(entry: Tracked, reason: LostReason): void {
    if (!isTracked(entry)) return;
    tracked.delete(entry.connection.connectionId);
    entry.owner.end(reason);
  }

  function isTracked(entry: Tracked): boolean {
    return tracked.get(entry.connection.connectionId) === entry;
  }

  const loop = createLoop({ stage: 'presence.renewals', intervalMs: tickMs, run: renewDue, failures });
  return {
    track(connection, owner) {
      // The first renewal comes at a random moment, so that a storm of connections does not stay one.
      const dueMs = clock.monotonicMs() + intervalMs * (0.5 + Math.random() / 2);
      tracked.set(connection.connectionId, { connection, owner, dueMs });
    },
    untrack({ connectionId }) {
      tracked.delete(connectionId);
    },
    start: loop.start,
    close: loop.close,
  };
}
