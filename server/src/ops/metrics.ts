/** Every metric of a node, declared once. No label ever names a room, a user or an address. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { measureEventLoopLag } from './event-loop-lag.ts';

/** Seconds of what runs for each message: from half a millisecond to ten seconds. */
const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds of a whole request: fewer, since each route has them. */
const REQUEST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** Gauges under a name that only counters may have (`promtool check metrics`); the same numbers stand, by type, without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

const TRANSPORTS = ['socketio_websocket', 'socketio_polling', 'websocket'];

/** prom-client's own look at the event loop cannot be left out, only made rare: at its 10 ms it wakes an idle node 100 times a second. */
const NEVER_MS = 3_600_000;

/** All metrics of one node, with its registry. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Declares everything in a registry of its own, labelled `node`, beside the usual process and event-loop metrics. */
export function createMetrics({ nodeId }: { nodeId: string }) {
  const registry = new Registry();
  registry.setDefaultLabels({ node: nodeId });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const eventLoop = measureEventLoopLag(registry);
  return {
    registry,
    ...connectionMetrics(registry),
    ...messageMetrics(registry),
    ...feedMetrics(registry),
    ...presenceMetrics(registry),
    ...storeMetrics(registry),
    ...edgeMetrics(registry),
    ...lifeMetrics(registry),
    contentType: registry.contentType,
    /** The exposition format of Prometheus. */
    render: () => registry.metrics(),
    /** Forgets all metrics; for tests that make many nodes. */
    close() {
      eventLoop.close();
      registry.clear();
    },
  };
}

function connectionMetrics(registry: Registry) {
  const byTransport = { transport: TRANSPORTS };
  return {
    socketIoConnected: gauge(registry, 'socket_io_connected', 'Socket.IO sockets that are connected'),
    socketIoConnects: counter(registry, 'socket_io_connect_total', 'Socket.IO sockets that have connected'),
    socketIoDisconnects: counter(registry, 'socket_io_disconnect_total', 'Socket.IO sockets that have gone'),
    connections: gauge(registry, 'c2c_connections', 'Connections open now', byTransport),
    connectionsOpened: counter(registry, 'c2c_connections_opened_total', 'Connections accepted', byTransport),
    connectionsClosed: counter(registry, 'c2c_connections_closed_total', 'Connections ended', byTransport),
    /** `reason` as in protocol/closes.ts; on Socket.IO slow readers are HEARTBEAT_LOST too, as the ping stands behind the messages. */
    connectionsCut: counter(registry, 'c2c_connections_cut_total', 'Connections that this node ended, by reason', {
      door: ['socketio', 'websocket'],
      reason: ['SLOW_CONSUMER', 'HEARTBEAT_LOST'],
    }),
    bufferedBytes: gauge(registry, 'c2c_buffered_bytes', 'Bytes that wait in the process for slow readers'),
  };
}

function messageMetrics(registry: Registry) {
  return {
    joins: counter(registry, 'c2c_joins_total', 'Joins of rooms: joined or an error code', { outcome: ['joined'] }),
    joinSeconds: histogram(registry, 'c2c_join_seconds', 'Seconds of a join, until the client is in the feed', {
      buckets: FAST,
    }),
    messagesIn: counter(registry, 'c2c_messages_in_total', 'Sends: stored, duplicate (refused) or an error code', {
      outcome: ['stored', 'duplicate'],
    }),
    sendSeconds: histogram(registry, 'c2c_send_seconds', 'Seconds until a message was stored and published', {
      buckets: FAST,
    }),
    deliveries: counter(registry, 'c2c_deliveries_total', 'Frames handed to connections'),
    /** Sampled; from the message's own time (Redis) to this node's clock. */
    deliverySeconds: histogram(registry, 'c2c_delivery_seconds', 'Seconds from publication to the write on sockets', {
      buckets: FAST,
    }),
    fanoutBatch: histogram(registry, 'c2c_fanout_batch_frames', 'Frames of one room written at once', {
      buckets: POWERS_OF_TWO,
    }),
  };
}

function feedMetrics(registry: Registry) {
  return {
    liveRooms: gauge(registry, 'c2c_rooms_live', 'Rooms with a connection on this node, each one subscription'),
    gaps: counter(registry, 'c2c_gaps_total', 'Gaps in feeds: found, repaired', { outcome: ['found', 'repaired'] }),
    oldestGap: gauge(registry, 'c2c_gap_oldest_seconds', 'Age of the oldest gap that is not repaired, 0 for none'),
    resyncs: counter(registry, 'c2c_resyncs_total', 'Rooms told that messages are missing', {
      reason: ['log_too_short', 'history_lost'],
    }),
    /** `none`: the client was told `recovered: false`. */
    replays: counter(registry, 'c2c_replays_total', 'Joins of returning clients, by where their past came from', {
      source: ['memory', 'redis', 'none'],
    }),
    dropped: counter(registry, 'c2c_dropped_publications_total', 'Publications dropped', {
      reason: ['repeat', 'unknown', 'imitation'],
    }),
    subscriberAlive: gauge(registry, 'c2c_subscriber_alive', '1 while this node hears its own canary'),
    pubsubLag: histogram(registry, 'c2c_pubsub_lag_seconds', 'Seconds from publishing a canary to hearing it', {
      buckets: FAST,
    }),
  };
}

function presenceMetrics(registry: Registry) {
  return {
    usersOnline: gauge(registry, 'c2c_presence_online', 'Users with a connection on this node'),
    swept: counter(registry, 'c2c_swept_users_total', 'Users a sweep looked at'),
    effects: counter(registry, 'c2c_presence_effects_total', 'Changes that sweeps carried into rooms'),
    presenceFrozen: gauge(registry, 'c2c_presence_frozen', '1 while nobody may lapse, since Redis may have been away'),
  };
}

function storeMetrics(registry: Registry) {
  return {
    redisSeconds: histogram(registry, 'c2c_redis_command_seconds', 'Seconds of Redis commands that were answered', {
      labels: { command: [] },
      buckets: FAST,
    }),
    redisErrors: counter(registry, 'c2c_redis_errors_total', 'Redis commands that failed or were not let through', {
      command: [],
    }),
    redisBreaker: gauge(registry, 'c2c_redis_breaker_open', '1 while calls to Redis are refused at once', {
      connection: ['commands', 'send'],
    }),
    catalogueSource: gauge(registry, 'c2c_catalogue_source', '1 for the source of error texts in use', {
      source: ['bundled', 'postgres'],
    }),
  };
}

function edgeMetrics(registry: Registry) {
  return {
    /** `status` is the class: `2xx`. The codes of errors stand in `c2c_errors_answered_total`. */
    httpSeconds: histogram(registry, 'c2c_http_request_seconds', 'Seconds of REST requests', {
      labels: { method: [], route: [], status: [] },
      buckets: REQUEST,
    }),
    clientErrors: counter(registry, 'c2c_errors_answered_total', 'Errors told to clients', { door: [], code: [] }),
    handshakesRefused: counter(registry, 'c2c_handshakes_refused_total', 'Handshakes not let in', {
      code: ['OVERLOADED', 'DRAINING', 'RATE_LIMITED', 'FORBIDDEN'],
    }),
    /** `limit`: what is counted and of whom, as in service/limit-ports.ts. */
    rateLimited: counter(registry, 'c2c_rate_limited_total', 'Refusals by the limit that was reached', { limit: [] }),
  };
}

function lifeMetrics(registry: Registry) {
  return {
    ready: gauge(registry, 'c2c_ready', '1 while /health/ready says that this node can serve'),
    readyCheck: gauge(registry, 'c2c_ready_check', '1 while this check of /health/ready holds', { check: [] }),
    failures: counter(registry, 'c2c_failures_total', 'Background work and requests that failed', { stage: [] }),
    eventLoopDelay: histogram(registry, 'c2c_event_loop_delay_seconds', 'How late the loop was, worst of each second', {
      buckets: FAST,
    }),
    drainProgress: gauge(registry, 'c2c_drain_progress_ratio', 'Share of connections already moved while draining'),
  };
}

/** Label names with the values that are there from the start: an increase from nothing is none to Prometheus. */
type Labels<L extends string> = Record<L, readonly string[]>;

function counter<L extends string = never>(registry: Registry, name: string, ...[help, labels]: [string, Labels<L>?]) {
  const made = new Counter<L>({ name, help, labelNames: namesOf(labels), registers: [registry] });
  for (const values of combinations(labels)) made.inc(values, 0);
  return made;
}

function gauge<L extends string = never>(registry: Registry, name: string, ...[help, labels]: [string, Labels<L>?]) {
  const made = new Gauge<L>({ name, help, labelNames: namesOf(labels), registers: [registry] });
  for (const values of combinations(labels)) made.inc(values, 0);
  return made;
}

type Shape<L extends string> = { buckets: number[]; labels?: Labels<L> };

function histogram<L extends string = never>(registry: Registry, name: string, ...[help, shape]: [string, Shape<L>]) {
  const { buckets, labels } = shape;
  return new Histogram<L>({ name, help, buckets, labelNames: namesOf(labels), registers: [registry] });
}

function namesOf<L extends string>(labels: Labels<L> | undefined): L[] {
  return Object.keys(labels ?? {}) as L[];
}

/** All combinations of the known values; none where a label has no known value. */
function combinations<L extends string>(labels: Labels<L> | undefined): Partial<Record<L, string>>[] {
  let all: Partial<Record<L, string>>[] = labels ? [{}] : [];
  for (const name of namesOf(labels)) {
    all = all.flatMap((one) => (labels?.[name] ?? []).map((value) => ({ ...one, [name]: value })));
  }
  return all;
}
