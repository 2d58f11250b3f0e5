/** Every metric of a node, declared once. No label ever names a room, a user or an address. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds on the hot path: from half a millisecond to ten seconds. */
const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** All metrics of one node, with its registry. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Declares everything in a registry of its own, labelled `node`, beside the usual process and event-loop metrics. */
export function createMetrics({ nodeId }: { nodeId: string }) {
  const registry = new Registry();
  registry.setDefaultLabels({ node: nodeId });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10 });
  return {
    registry,
    ...connectionMetrics(registry),
    ...messageMetrics(registry),
    ...feedMetrics(registry),
    ...storeMetrics(registry),
    ...edgeMetrics(registry),
    contentType: registry.contentType,
    /** The exposition format of Prometheus. */
    render: () => registry.metrics(),
    /** Forgets all metrics; for tests that make many nodes. */
    close: () => registry.clear(),
  };
}

function connectionMetrics(registry: Registry) {
  return {
    socketIoConnected: gauge(registry, 'socket_io_connected', 'Socket.IO sockets that are connected'),
    socketIoConnects: counter(registry, 'socket_io_connect_total', 'Socket.IO sockets that have connected'),
    socketIoDisconnects: counter(registry, 'socket_io_disconnect_total', 'Socket.IO sockets that have gone'),
    /** `transport`: `socketio_websocket`, `socketio_polling`, `websocket`. */
    connections: gauge(registry, 'c2c_connections', 'Connections open now', ['transport']),
    connectionsOpened: counter(registry, 'c2c_connections_opened_total', 'Connections accepted', ['transport']),
    connectionsClosed: counter(registry, 'c2c_connections_closed_total', 'Connections ended', ['transport']),
    bufferedBytes: gauge(registry, 'c2c_buffered_bytes', 'Bytes that wait in the process for slow readers'),
    usersOnline: gauge(registry, 'c2c_presence_online', 'Users with a connection on this node'),
  };
}

function messageMetrics(registry: Registry) {
  return {
    joins: counter(registry, 'c2c_joins_total', 'Joins of rooms', ['outcome']),
    joinSeconds: histogram(registry, 'c2c_join_seconds', 'The join script, waiting included', { buckets: FAST }),
    messagesIn: counter(registry, 'c2c_messages_in_total', 'Sends by outcome: stored, duplicate or an error code', [
      'outcome',
    ]),
    sendSeconds: histogram(registry, 'c2c_send_seconds', 'From the request to its acknowledgement', { buckets: FAST }),
    deliveries: counter(registry, 'c2c_deliveries_total', 'Frames handed to connections'),
    deliverySeconds: histogram(registry, 'c2c_delivery_seconds', 'From publication to the write on the socket', {
      buckets: FAST,
    }),
    fanoutBatch: histogram(registry, 'c2c_fanout_batch_frames', 'Frames of one room written at once', {
      buckets: POWERS_OF_TWO,
    }),
    slowConsumers: counter(registry, 'c2c_slow_consumers_cut_total', 'Connections cut for reading too slowly'),
  };
}

function feedMetrics(registry: Registry) {
  return {
    liveRooms: gauge(registry, 'c2c_rooms_live', 'Rooms with a connection on this node, each one subscription'),
    gaps: counter(registry, 'c2c_gaps_total', 'Gaps in feeds: found, repaired, resync', ['outcome']),
    /** `source`: `memory`, `redis`. */
    replays: counter(registry, 'c2c_replays_total', 'Joins that were replayed to', ['source']),
    foreign: counter(registry, 'c2c_dropped_publications_total', 'Publications dropped: repeat, unknown, imitation', [
      'reason',
    ]),
    swept: counter(registry, 'c2c_swept_users_total', 'Users a sweep looked at'),
    effects: counter(registry, 'c2c_presence_effects_total', 'Changes that sweeps carried into rooms'),
  };
}

function storeMetrics(registry: Registry) {
  return {
    redisSeconds: histogram(registry, 'c2c_redis_command_seconds', 'Redis commands and scripts', {
      labelNames: ['command', 'outcome'],
      buckets: FAST,
    }),
    redisBreaker: gauge(registry, 'c2c_redis_breaker_open', '1 while calls to Redis are refused at once', [
      'connection',
    ]),
    subscriberAlive: gauge(registry, 'c2c_subscriber_alive', '1 while this node hears its own canary'),
    catalogueSource: gauge(registry, 'c2c_catalogue_source', '1 for the source of error texts in use', ['source']),
  };
}

function edgeMetrics(registry: Registry) {
  return {
    httpSeconds: histogram(registry, 'c2c_http_request_seconds', 'REST requests', {
      labelNames: ['method', 'route', 'status'],
      buckets: FAST,
    }),
    /** `door`: `http`, `realtime`. */
    clientErrors: counter(registry, 'c2c_errors_answered_total', 'Errors told to clients', ['door', 'code']),
    handshakesRefused: counter(registry, 'c2c_handshakes_refused_total', 'Handshakes not let in', ['code']),
    /** `limit`: what is counted and of whom, as in service/limit-ports.ts. */
    rateLimited: counter(registry, 'c2c_rate_limited_total', 'Refusals by the limit that was reached', ['limit']),
    failures: counter(registry, 'c2c_failures_total', 'Background work and requests that failed', ['stage']),
    drainProgress: gauge(registry, 'c2c_drain_progress_ratio', 'Share of connections already moved while draining'),
  };
}

function counter<L extends string = never>(registry: Registry, name: string, ...[help, labelNames]: [string, L[]?]) {
  return new Counter<L>({ name, help, labelNames: labelNames ?? [], registers: [registry] });
}

function gauge<L extends string = never>(registry: Registry, name: string, ...[help, labelNames]: [string, L[]?]) {
  return new Gauge<L>({ name, help, labelNames: labelNames ?? [], registers: [registry] });
}

type Shape<L extends string> = { buckets: number[]; labelNames?: L[] };

function histogram<L extends string = never>(registry: Registry, name: string, ...[help, shape]: [string, Shape<L>]) {
  const { buckets, labelNames = [] } = shape;
  return new Histogram<L>({ name, help, buckets, labelNames, registers: [registry] });
}
