/** What the parts count, written into the node's metrics. */
import type { FanoutMeter } from './fanout/meter.ts';
import type { LifeMeter } from './life.ts';
import type { Health } from './ops/health.ts';
import type { Metrics } from './ops/metrics.ts';
import { ChatError } from './service/chat-error.ts';
import type { ErrorWriter } from './service/edge-ports.ts';
import type { CountLimited } from './service/limit-ports.ts';
import type { Frame } from './service/live-ports.ts';
import type { RoomStore } from './service/ports.ts';
import type { CommandObserver } from './store/redis-commands.ts';
import type { DoorMetrics } from './transport/door.ts';
import type { DoorLimits } from './transport/door-limits.ts';
import type { HttpMetrics } from './transport/http/deps.ts';

const TIMESTAMP = '"timestamp":"';
const ISO_LENGTH = '2026-01-31T00:00:00.000Z'.length;

/** One flush in this many is looked at for its latency. */
const SAMPLE = 16;

/** Fan-out's counters. Latency is sampled: the message's own time (Redis) against ours, so it includes their skew. */
export function fanoutMeter(metrics: Metrics): FanoutMeter {
  let flushes = 0;
  return {
    flushed(frames, connections) {
      metrics.fanoutBatch.observe(frames.length);
      metrics.deliveries.inc(frames.length * connections);
      if (flushes++ % SAMPLE !== 0) return;
      const sentAtMs = timeOf(frames[0]);
      if (sentAtMs !== null) metrics.deliverySeconds.observe(Math.max(0, Date.now() - sentAtMs) / 1000);
    },
    joined(outcome, seconds) {
      metrics.joins.inc({ outcome });
      metrics.joinSeconds.observe(seconds);
    },
    gap: (outcome) => metrics.gaps.inc({ outcome }),
    resync: (reason) => metrics.resyncs.inc({ reason }),
    dropped: (reason) => metrics.dropped.inc({ reason }),
    replay: (source) => metrics.replays.inc({ source }),
    rooms: (count) => metrics.liveRooms.set(count),
  };
}

/** When a message was published, by the clock of Redis; null for what is no message. Found in the bytes as they are. */
function timeOf(frame: Frame | undefined): number | null {
  if (frame?.event !== 'msg') return null;
  // Behind the text, where nobody can write one of his own.
  const at = frame.fields.lastIndexOf(TIMESTAMP) + TIMESTAMP.length;
  const ms = Date.parse(frame.fields.toString('latin1', at, at + ISO_LENGTH));
  return Number.isNaN(ms) ? null : ms;
}

/** Refusals by the limit that was reached. */
export function limitMeter(metrics: Metrics): CountLimited {
  return (limit) => metrics.rateLimited.inc({ limit });
}

/** Connections by how their bytes travel, and by address for those who count them. */
export function doorMeter(metrics: Metrics, seats: Pick<DoorLimits, 'opened' | 'closed'>): DoorMetrics {
  const transportOf = { polling: 'socketio_polling', websocket: 'socketio_websocket', raw: 'websocket' } as const;
  return {
    opened(carrier, address) {
      seats.opened(address);
      metrics.connections.inc({ transport: transportOf[carrier] });
      metrics.connectionsOpened.inc({ transport: transportOf[carrier] });
      if (carrier === 'raw') return;
      metrics.socketIoConnected.inc();
      metrics.socketIoConnects.inc();
    },
    closed(carrier, address) {
      seats.closed(address);
      metrics.connections.dec({ transport: transportOf[carrier] });
      metrics.connectionsClosed.inc({ transport: transportOf[carrier] });
      if (carrier === 'raw') return;
      metrics.socketIoConnected.dec();
      metrics.socketIoDisconnects.inc();
    },
    cut: (door, reason) => metrics.connectionsCut.inc({ door, reason }),
  };
}

/** Redis commands of both connections. */
export function commandObserver(metrics: Metrics): CommandObserver {
  return (command, seconds, outcome) => {
    if (outcome === 'ok') metrics.redisSeconds.observe({ command }, seconds);
    else metrics.redisErrors.inc({ command });
  };
}

/** The room store with its sends measured. */
export function meteredRooms(rooms: RoomStore, metrics: Metrics): RoomStore {
  return {
    ...rooms,
    async append(draft) {
      const startMs = performance.now();
      try {
        const sent = await rooms.append(draft);
        metrics.messagesIn.inc({ outcome: sent.duplicate ? 'duplicate' : 'stored' });
        return sent;
      } catch (error) {
        const outcome = error instanceof ChatError ? error.code : 'INTERNAL';
        metrics.messagesIn.inc({ outcome });
        if (outcome === 'RATE_LIMITED') metrics.rateLimited.inc({ limit: 'messages_room' });
        throw error;
      } finally {
        metrics.sendSeconds.observe((performance.now() - startMs) / 1_000);
      }
    },
  };
}

/** Errors told on the real-time doors; REST counts its own. */
export function meteredErrors(errors: ErrorWriter, metrics: Metrics): ErrorWriter {
  return {
    ...errors,
    toWireError(error, locale) {
      const told = errors.toWireError(error, locale);
      metrics.clientErrors.inc({ door: 'realtime', code: told.code });
      return told;
    },
  };
}

/** Users a sweep looked at, and what that changed in rooms. */
export function sweepMeter(metrics: Metrics): (users: number, effects: number) => void {
  return (users, effects) => {
    metrics.swept.inc(users);
    metrics.effects.inc(effects);
  };
}

/** What happens to the node itself. */
export function lifeMeter(metrics: Metrics): LifeMeter {
  return {
    drained: (share) => metrics.drainProgress.set(share),
    eventLoopDelay: (seconds) => metrics.eventLoopDelay.observe(seconds),
  };
}

/** What is looked up when Prometheus asks, rather than counted. */
export type Levels = {
  breakers(): Record<string, boolean>;
  isSubscriberAlive(): boolean;
  oldestGapMs(): number;
  isPresenceFrozen(): boolean;
  readiness: Health;
  catalogueSource(): 'bundled' | 'postgres';
  connections(): Iterable<{ userId: string; pendingBytes: number }>;
};

/** Whatever else clients make up is one. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** REST requests, and the page that Prometheus reads. */
export function httpMeter(metrics: Metrics, levels: Levels): HttpMetrics {
  return {
    contentType: metrics.contentType,
    async render() {
      await look(metrics, levels);
      return metrics.render();
    },
    observeRequest: ({ method, route, status, seconds }) =>
      metrics.httpSeconds.observe(
        { method: METHODS.has(method) ? method : 'other', route, status: `${Math.floor(status / 100)}xx` },
        seconds,
      ),
    countError: (code) => metrics.clientErrors.inc({ door: 'http', code }),
  };
}

async function look(metrics: Metrics, levels: Levels): Promise<void> {
  const { ok, checks } = await levels.readiness.latest();
  metrics.ready.set(ok ? 1 : 0);
  for (const { name, ok: holds } of checks) metrics.readyCheck.set({ check: name }, holds ? 1 : 0);
  for (const [connection, isOpen] of Object.entries(levels.breakers())) {
    metrics.redisBreaker.set({ connection }, isOpen ? 1 : 0);
  }
  metrics.oldestGap.set(levels.oldestGapMs() / 1_000);
  metrics.presenceFrozen.set(levels.isPresenceFrozen() ? 1 : 0);
  metrics.subscriberAlive.set(levels.isSubscriberAlive() ? 1 : 0);
  for (const source of ['bundled', 'postgres']) {
    metrics.catalogueSource.set({ source }, levels.catalogueSource() === source ? 1 : 0);
  }
  const users = new Set<string>();
  let bytes = 0;
  for (const { userId, pendingBytes } of levels.connections()) {
    if (userId !== '') users.add(userId);
    bytes += pendingBytes;
  }
  metrics.usersOnline.set(users.size);
  metrics.bufferedBytes.set(bytes);
}
