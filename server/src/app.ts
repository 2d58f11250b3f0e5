/** The composition root: builds every part of a node once and wires it; reads from Redis outwards to the doors. */
import { createRedisBus } from './bus/redis-bus.ts';
import type { Config } from './config.ts';
import { createBundledCatalogue } from './errors/bundled-catalogue.ts';
import { createErrorWriter } from './errors/error-writer.ts';
import { negotiateLocale } from './errors/negotiate-locale.ts';
import { createPostgresCatalogue } from './errors/postgres-catalogue.ts';
import { createAudit } from './fanout/audit.ts';
import { NodeRooms } from './fanout/node-rooms.ts';
import { commandObserver, doorMeter, fanoutMeter, httpMeter } from './meters.ts';
import { drain } from './ops/drain.ts';
import { createFailures } from './ops/failures.ts';
import { createHealth } from './ops/health.ts';
import type { Logger } from './ops/logger.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import { createOverload } from './ops/overload.ts';
import { createPresence } from './presence/presence.ts';
import { createCommands } from './service/commands.ts';
import { createUseCases } from './service/create-use-cases.ts';
import type { Connections, Gateway } from './service/gateway.ts';
import { createNodeConnections } from './service/node-connections.ts';
import type { Clock, Failures } from './service/ports.ts';
import { createKeys } from './store/keys.ts';
import { createRedisAbsenceGuard } from './store/redis-absence.ts';
import { createRedisCommands } from './store/redis-commands.ts';
import { connectRedis, type RedisRole } from './store/redis-connection.ts';
import { createRedisIdempotencyStore } from './store/redis-idempotency-store.ts';
import { createRedisRoomQuota } from './store/redis-room-quota.ts';
import { createRedisRoomStore } from './store/redis-room-store.ts';
import { createRedisSessionStore } from './store/redis-session-store.ts';
import { createJwtTokens } from './tokens/jwt-tokens.ts';
import { createHttpApp } from './transport/http/app.ts';
import { createFrontDoor, type Refusal } from './transport/http/front-door.ts';
import { createControlPlane } from './transport/socketio/control-plane.ts';
import { createSocketioDoor } from './transport/socketio/socketio-door.ts';
import { createWebsocketDoor } from './transport/websocket/websocket-door.ts';

/** A running node. */
export interface App {
  /** Listens; answers the port. */
  listen(): Promise<number>;
  /** Lets everybody go elsewhere, then closes everything, in order. Idempotent. */
  close(): Promise<void>;
}

const CLOCK: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const RECENT_BYTES = 64 * 1024 * 1024;
const OVERLOADED_AT_MS = 500;
/** A drained client that comes back this late is still online (delivery.md). */
const DRAIN_GRACE_MS = 10_000;

/** Builds a node. It listens only after `listen`, and lives with Redis or PostgreSQL away. */
export async function createApp(config: Config, logger: Logger): Promise<App> {
  const metrics = createMetrics({ nodeId: config.NODE_ID });
  const failures = createFailures({ logger, count: (stage) => metrics.failures.inc({ stage }) });
  const redis = openRedis(config, failures, commandObserver(metrics));
  const stores = openStores(config, redis);
  const presence = createPresence({
    ...stores,
    beat: () => stores.guard.beat(),
    failures,
    clock: CLOCK,
    renewIntervalMs: config.PRESENCE_RENEW_MS,
    sweepIntervalMs: config.SWEEP_INTERVAL_MS,
  });

  const catalogue = config.DATABASE_URL
    ? await createPostgresCatalogue({ url: config.DATABASE_URL, failures })
    : createBundledCatalogue();
  const errors = createErrorWriter({ catalogue, failures });

  const fanout = openFanout(config, { redis, stores, failures, meter: fanoutMeter(metrics) });
  const life = createLife(config);

  const core = { ...stores, effects: presence.effects, live: fanout.live };
  const connections = createNodeConnections({
    ...core,
    control: { revoke: (sid) => doors.control.revoke(sid) },
    commands: createCommands(core),
    presence,
    errors,
    negotiateLocale,
    failures,
    isGuestJoinOn: config.GUEST_JOIN === 'on',
    closeGraceMs: life.closeGraceMs,
  });
  const doors = openDoors(config, { redis, connections, failures, metrics });
  const http = await createHttpApp({
    settings: config,
    useCases: createUseCases({ ...core, control: doors.control }),
    errors,
    catalogue,
    negotiateLocale,
    idempotency: createRedisIdempotencyStore(redis.commands),
    quota: createRedisRoomQuota({ redis: redis.client, perMinute: config.ROOMS_PER_MINUTE }),
    readiness: createHealth({ checks: [life.accepting, redis.answering, fanout.hearing] }),
    metrics: httpMeter(metrics),
    failures,
    logger,
    serverFactory: createFrontDoor({ gate: life.gate, ...doors, errors, negotiateLocale, failures }),
  });

  let leaving: Promise<void> | null = null;
  async function leave(): Promise<void> {
    logger.info({ connections: connections.count() }, 'draining');
    life.leave();
    await sendElsewhere(connections, config.DRAIN_WINDOW_MS, (share) => metrics.drainProgress.set(share));
    // From the doors inwards: nothing is closed that something still open might ask.
    await doors.close();
    for (const part of [http, presence, fanout, catalogue, redis, life]) await part.close();
    logger.info('closed');
  }

  return {
    async listen() {
      presence.start();
      await http.listen({ host: config.HOST, port: config.PORT });
      const address = http.server.address();
      return typeof address === 'object' && address ? address.port : config.PORT;
    },
    close() {
      leaving ??= leave();
      return leaving;
    },
  };
}

type Doors = { redis: Redis; connections: Gateway & Connections; failures: Failures; metrics: Metrics };

/** Both real-time doors, and the control plane that travels through the first of them. */
function openDoors(config: Config, { redis, connections, failures, metrics }: Doors) {
  const deps = { gateway: connections, config, failures, metrics: doorMeter(metrics) };
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

async function sendElsewhere(connections: Connections, windowMs: number, onProgress: (share: number) => void) {
  const peers = [...connections.all()].map(({ peer }) => ({
    announce: (reconnectInMs: number) => peer.emit('drain', { reconnectInMs }),
    close: () => peer.close('SERVER_DRAINING'),
  }));
  await drain(peers, { windowMs, onProgress });
}

type Redis = ReturnType<typeof openRedis>;
type Stores = ReturnType<typeof openStores>;

/** One connection per role: what waits on one must not hold up another. */
function openRedis(config: Config, failures: Failures, observe: Parameters<typeof createRedisCommands>[1]) {
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

function openStores(config: Config, redis: Redis) {
  const keys = createKeys('single');
  const guard = createRedisAbsenceGuard({
    commands: redis.commands,
    keys,
    renewIntervalMs: config.PRESENCE_RENEW_MS,
    certaintyMs: config.PRESENCE_RENEW_MS / 10,
    monotonicMs: CLOCK.monotonicMs,
  });
  return {
    keys,
    guard,
    rooms: createRedisRoomStore(redis, {
      keys,
      publish: 'PUBLISH',
      idleTtlMs: config.ROOM_IDLE_TTL * 1000,
      logTtlMs: config.LOG_TTL * 1000,
      messageRate: config.MESSAGE_RATE,
      messageBurst: config.MESSAGE_BURST,
    }),
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
    tokens: createJwtTokens({ secret: config.JWT_SECRET, ttlMs: config.TOKEN_TTL * 1000, clock: CLOCK }),
  };
}

type FanoutDeps = { redis: Redis; stores: Stores; failures: Failures; meter: ReturnType<typeof fanoutMeter> };

function openFanout(config: Config, { redis, stores, failures, meter }: FanoutDeps) {
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
      });
      return bus;
    },
    flushWindowMs: config.FLUSH_WINDOW_MS,
    recentBytes: RECENT_BYTES,
    failures,
    meter,
    clock: CLOCK,
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

/** Whether newcomers are let in, and how long those who go count as alive. */
function createLife(config: Config) {
  const overload = createOverload(OVERLOADED_AT_MS);
  let isLeaving = false;
  return {
    leave() {
      isLeaving = true;
    },
    gate(): Refusal | null {
      if (isLeaving) return { code: 'DRAINING', retryAfterMs: 1_000 };
      return overload.isOverloaded() ? { code: 'OVERLOADED', retryAfterMs: 1_000 + Math.random() * 2_000 } : null;
    },
    accepting: {
      name: 'accepting',
      check() {
        if (isLeaving) throw new Error('draining');
      },
    },
    closeGraceMs: () => (isLeaving ? config.DRAIN_WINDOW_MS + DRAIN_GRACE_MS : config.CLOSE_GRACE_MS),
    close: () => overload.close(),
  };
}
