/** What the parts count, written into the node's metrics. */
import type { FanoutMeter } from './fanout/meter.ts';
import type { Metrics } from './ops/metrics.ts';
import type { CommandObserver } from './store/redis-commands.ts';
import type { DoorMetrics } from './transport/door.ts';
import type { HttpMetrics } from './transport/http/deps.ts';

/** Fan-out's counters. */
export function fanoutMeter(metrics: Metrics): FanoutMeter {
  return {
    flushed(frames, connections) {
      metrics.fanoutBatch.observe(frames);
      metrics.deliveries.inc({ door: 'all' }, frames * connections);
    },
    latency: (seconds) => metrics.deliverySeconds.observe(seconds),
    gap: (outcome) => metrics.gaps.inc({ outcome }),
    dropped: (outcome) => metrics.foreign.inc({ outcome }),
    replay: (source) => metrics.replays.inc({ source }),
    slowConsumer: () => metrics.slowConsumers.inc({ door: 'all' }),
    rooms(count) {
      metrics.liveRooms.set(count);
      metrics.subscriptions.set(count);
    },
  };
}

/** Connections by how their bytes travel. */
export function doorMeter(metrics: Metrics): DoorMetrics {
  const transportOf = { polling: 'socketio_polling', websocket: 'socketio_websocket', raw: 'websocket' } as const;
  return {
    opened(carrier) {
      metrics.connections.inc({ transport: transportOf[carrier] });
      metrics.connectionsOpened.inc({ transport: transportOf[carrier] });
    },
    closed(carrier) {
      metrics.connections.dec({ transport: transportOf[carrier] });
      metrics.connectionsClosed.inc({ transport: transportOf[carrier], reason: 'closed' });
    },
  };
}

/** Redis commands of both connections. */
export function commandObserver(metrics: Metrics): CommandObserver {
  return (command, seconds, outcome) => metrics.redisSeconds.observe({ command, outcome }, seconds);
}

/** REST requests, and the page that Prometheus reads. */
export function httpMeter(metrics: Metrics): HttpMetrics {
  return {
    contentType: metrics.contentType,
    render: () => metrics.render(),
    observeRequest: ({ method, route, status, seconds }) =>
      metrics.httpSeconds.observe({ method, route, status: String(status) }, seconds),
    countError: (code) => metrics.clientErrors.inc({ door: 'http', code }),
  };
}
