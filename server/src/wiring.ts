/** The larger parts of a node, each opened from the configuration: Redis, stores, fan-out, catalogue, doors. */
import { createRedisBus } from './bus/redis-bus.ts';
import type { Config } from './config.ts';
import { createBundledCatalogue } from './errors/bundled-catalogue.ts';
import { createPostgresCatalogue } from './errors/postgres-catalogue.ts';
import { createAudit } from './fanout/audit.ts';
import { NodeRooms } from './fanout/node-rooms.ts';
import { framesOf } from './limits.ts';
import { doorMeter, fanoutMeter, type Levels, limitMeter, meteredRooms } from './meters.ts';
import type { Health } from './ops/health.ts';
import type { Metrics } from './ops/metrics.ts';
import { createPresence } from './presence/presence.ts';
import type { ErrorCatalogue } from './service/edge-ports.ts';
import type { Connections, Gateway } from './service/gateway.ts';
import type { Clock, Failures } from './service/ports.ts';
import { checkEviction } from './store/eviction-check.ts';
import { createKeys } from './store/keys.ts';
import { createRedisAbsenceGuard } from './store/redis-absence.ts';
import { type CommandObserver, createRedisCommands } from './store/redis-commands.ts';
import { connectRedis, type RedisRole } from './store/redis-connection.ts';
import { createRedisRoomStore } from './store/redis-room-store.ts';
import { createRedisSessionStore } from './store/redis-session-store.ts';
import { createWalkTurns } from './store/walk-turns.ts';
import { createJwksIssuer, type IssuerSettings } from './tokens/jwks-issuer.ts';
import { createJwtTokens } from './tokens/jwt-tokens.ts';
import type { DoorLimits } from './transport/door-limits.ts';
import { createControlPlane } from './transport/socketio/control-plane.ts';
import { createSocketioDoor } from './transport/socketio/socketio-door.ts';
import { createWebsocketDoor } from './transport/websocket/websocket-door.ts';

/** The node's clock. */
export const CLOCK: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
/** Recent messages of all rooms (architecture.md). */
const RECENT_BYTES = 64 * 1024 * 1024;

/** Texts from PostgreSQL where there is one, else those of the build. */
export async function openCatalogue({ DATABASE_URL: url }: Config, failures: Failures): Promise<ErrorCatalogue> {
  return url ? createPostgresCatalogue({ url, failures }) : createBundledCatalogue();
}

type Level = {
  redis: Redis;
  fanout: ReturnType<typeof openFanout>;
  catalogue: ErrorCatalogue;
  connections: Connections;
  stores: Stores;
  readiness: Health;
};

/** Levels for the page that Prometheus reads. */
export function levelsOf({ redis, fanout, catalogue, connections, stores, readiness }: Level): Levels {
  return {
    breakers: () => ({
      commands: redis.commands.breakerState() === 'open',
      send: redis.send.breakerState() === 'open',
    }),
    isSubscriberAlive: () => fanout.live.bus.isAlive(),
    oldestGapMs: () => fanout.live.oldestGapMs(),
    isPresenceFrozen: () => stores.guard.isFrozen(),
    readiness,
    catalogueSource: () => catalogue.source,
    *connections() {
      for (const { peer, userId } of connections.all()) yield { userId, pendingBytes: peer.pendingBytes() };
    },
  };
}

type Doors = {
  redis: Redis;
  connections: Gateway & Connections;
  failures: Failures;
  metrics: Metrics;
  doorLimits: DoorLimits;
};

/** Both real-time doors, and the control plane that travels through the first of them. */
export function openDoors(config: Config, { redis, connections, failures, metrics, doorLimits }: Doors) {
  const deps = {
    gateway: connections,
    config,
    failures,
    addressOf: doorLimits.addressOf,
    frames: framesOf(config),
    count: limitMeter(metrics),
    metrics: doorMeter(metrics, doorLimits),
  };
  const socketio = createSocketioDoor(deps);
  const websocket = createWebsocketDoor(deps);
  const [publisher, subscriber] = [redis.connect('adapter'), redis.connect('adapter')];
  const control = createControlPlane({ publisher, subscriber, connections, failures });
  control.attach(socketio.io);
  return {
    socketio,
    websocket,
    control,
    close: () => Promise.all([socketio.close(), websocket.close()]),
  };
}

type Redis = ReturnType<typeof openRedis>;
type Stores = ReturnType<typeof openStores>;

/** One connection per role: what waits on one must not hold up another. */
export function openRedis(config: Config, failures: Failures, observe: CommandObserver) {
  const opened: ReturnType<typeof connectRedis>[] = [];
  const connect = (role: RedisRole) => {
    const connection = connectRedis(role, {
      url: config.REDIS_URL,
      nodeId: config.NODE_ID,
      timeoutMs: config.REDIS_TIMEOUT_MS,
      onError: (failedRole, error) => failures.report(`redis.${failedRole}`, error),
    });
    opened.push(connection);
    return connection;
  };
  const client = connect('commands');
  const commands = createRedisCommands(client, observe);
  client.once('ready', () => void checkEviction(commands, failures));
  return {
    client,
    connect,
    commands,
    answering: { name: 'redis', check: async () => void (await commands.pipeline([['ping']])) },
    send: createRedisCommands(connect('send'), observe),
    close() {
      for (const connection of opened) connection.disconnect();
    },
  };
}

/** Everything that is kept in Redis. */
export function openStores(config: Config, redis: Redis, metrics: Metrics) {
  const keys = createKeys('single');
  const guard = createRedisAbsenceGuard({
    commands: redis.commands,
    keys,
    renewIntervalMs: config.PRESENCE_RENEW_MS,
    certaintyMs: (config.PRESENCE_TTL * 1000) / 6,
    monotonicMs: CLOCK.monotonicMs,
  });
  return {
    keys,
    guard,
    takeTurn: createWalkTurns(redis.commands, keys),
    rooms: meteredRooms(
      createRedisRoomStore(redis, {
        keys,
        publish: 'PUBLISH',
        idleTtlMs: config.ROOM_IDLE_TTL * 1000,
        logTtlMs: config.LOG_TTL * 1000,
        messageRate: config.MESSAGE_RATE,
        messageBurst: config.MESSAGE_BURST,
      }),
      metrics,
    ),
    sessions: createRedisSessionStore({
      commands: redis.commands,
      keys,
      guard,
      oneServer: true,
      presenceTtlMs: config.PRESENCE_TTL * 1000,
      sessionTtlMs: config.SESSION_TTL * 1000,
      tokenTtlMs: config.TOKEN_TTL * 1000,
      closeGraceMs: config.CLOSE_GRACE_MS,
    }),
  };
}

/** The tokens that prove who asks: our own, and those of another issuer. */
export function openTokens(config: Config, failures: Failures) {
  const issuer = config.JWKS_URL ? createJwksIssuer({ settings: issuerOf(config), clock: CLOCK, failures }) : null;
  const tokens = createJwtTokens({
    secret: config.JWT_SECRET,
    previousSecrets: config.JWT_SECRETS_PREVIOUS.split(/\s+/).filter((secret) => secret !== ''),
    ttlMs: config.TOKEN_TTL * 1000,
    clock: CLOCK,
    issuer,
  });
  return { ...tokens, close: () => issuer?.close() };
}

function issuerOf(config: Config): IssuerSettings {
  return {
    jwksUrl: config.JWKS_URL,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    algorithms: config.JWT_ALGORITHMS.split(','),
    userClaim: config.JWT_USER_CLAIM,
    sessions: config.JWT_SESSIONS,
    maxTtlMs: config.JWT_MAX_TTL * 1000,
  };
}

type PresenceParts = { stores: Stores; failures: Failures; onSwept(users: number, effects: number): void };

/** Who is there: renewals of this node's connections and sweeps over everybody's. */
export function openPresence(config: Config, { stores, failures, onSwept }: PresenceParts) {
  return createPresence({
    ...stores,
    beat: () => stores.guard.beat(),
    failures,
    clock: CLOCK,
    renewIntervalMs: config.PRESENCE_RENEW_MS,
    sweepIntervalMs: config.SWEEP_INTERVAL_MS,
    onSwept,
  });
}

type FanoutDeps = {
  redis: Redis;
  stores: Stores;
  failures: Failures;
  metrics: Metrics;
  life: { hasFrozen(): boolean };
};

/** Rooms as they are alive here, the bus that feeds them and the audit that checks on it. */
export function openFanout(config: Config, { redis, stores, failures, metrics, life }: FanoutDeps) {
  const subscriber = redis.connect('subscriber');
  let bus: ReturnType<typeof createRedisBus> | undefined;
  const live = new NodeRooms({
    rooms: stores.rooms,
    connectBus(listener) {
      bus = createRedisBus({
        subscriber,
        nodeId: config.NODE_ID,
        channelOf: stores.keys.channel,
        publishCanary: (channel, payload) => redis.commands.pipeline([['PUBLISH', channel, payload]]),
        canaryIntervalMs: config.CANARY_INTERVAL_MS,
        listener,
        failures,
        clock: CLOCK,
        onLag: (seconds) => metrics.pubsubLag.observe(seconds),
      });
      return bus;
    },
    flushWindowMs: config.FLUSH_WINDOW_MS,
    recentBytes: RECENT_BYTES,
    failures,
    meter: fanoutMeter(metrics),
    clock: CLOCK,
    hasFrozen: life.hasFrozen,
  });
  const audit = createAudit({ rooms: stores.rooms, live, intervalMs: config.AUDIT_INTERVAL_MS, failures });
  return {
    live,
    hearing: { name: 'pubsub', check: async () => bus?.probe() },
    async close() {
      audit.close();
      await live.close();
    },
  };
}
