/** What the parts count, written into the node's metrics. */
import type { FanoutMeter } from './fanout/meter.ts';
import type { Metrics } from './ops/metrics.ts';
import { ChatError } from './service/chat-error.ts';
import type { ErrorWriter } from './service/edge-ports.ts';
import type { CountLimited } from './service/limit-ports.ts';
import type { RoomStore } from './service/ports.ts';
import type { CommandObserver } from './store/redis-commands.ts';
import type { DoorMetrics } from './transport/door.ts';
import type { DoorLimits } from './transport/door-limits.ts';
import type { HttpMetrics } from './transport/http/deps.ts';

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
      const sentAt = /"timestamp":"([^"]+)"/.exec(frames[0]?.websocket ?? '')?.[1];
      if (sentAt) metrics.deliverySeconds.observe(Math.max(0, Date.now() - Date.parse(sentAt)) / 1000);
    },
    gap: (outcome) => metrics.gaps.inc({ outcome }),
    dropped: (reason) => metrics.foreign.inc({ reason }),
    replay: (source) => metrics.replays.inc({ source }),
    slowConsumer: () => metrics.slowConsumers.inc(),
    rooms: (count) => metrics.liveRooms.set(count),
  };
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
  };
}

/** Redis commands of both connections. */
export function commandObserver(metrics: Metrics): CommandObserver {
  return (command, seconds, outcome) => metrics.redisSeconds.observe({ command, outcome }, seconds);
}

/** The room store with its two most used scripts measured. */
export function meteredRooms(rooms: RoomStore, metrics: Metrics): RoomStore {
  return {
    ...rooms,
    async append(draft) {
      const end = metrics.sendSeconds.startTimer();
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
        end();
      }
    },
    async join(roomId, stamp, invite) {
      const end = metrics.joinSeconds.startTimer();
      const answer = await rooms.join(roomId, stamp, invite).finally(end);
      metrics.joins.inc({ outcome: typeof answer === 'string' ? answer : 'joined' });
      return answer;
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

/** What is looked up when Prometheus asks, rather than counted. */
export type Levels = {
  breakers(): Record<string, boolean>;
  isSubscriberAlive(): boolean;
  catalogueSource(): 'bundled' | 'postgres';
  connections(): Iterable<{ userId: string; pendingBytes: number }>;
};

/** REST requests, and the page that Prometheus reads. */
export function httpMeter(metrics: Metrics, levels: Levels): HttpMetrics {
  return {
    contentType: metrics.contentType,
    render() {
      look(metrics, levels);
      return metrics.render();
    },
    observeRequest: ({ method, route, status, seconds }) =>
      metrics.httpSeconds.observe({ method, route, status: String(status) }, seconds),
    countError: (code) => metrics.clientErrors.inc({ door: 'http', code }),
  };
}

function look(metrics: Metrics, levels: Levels): void {
  for (const [connection, isOpen] of Object.entries(levels.breakers())) {
    metrics.redisBreaker.set({ connection }, isOpen ? 1 : 0);
  }
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
