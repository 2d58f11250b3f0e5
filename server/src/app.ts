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
import { createMetrics } from './ops/metrics.ts';
import { createOverload } from './ops/overload.ts';
import { createPresence } from './presence/presence.ts';
import { createCommands } from './service/commands.ts';
import { createUseCases } from './service/create-use-cases.ts';
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

  const catalogue =
    config.DATABASE_URL === ''
      ? createBundledCatalogue()
      : await createPostgresCatalogue({ url: config.DATABASE_URL, failures });
  const errors = createErrorWriter({ catalogue, failures });

  const fanout = openFanout(config, { redis, stores, failures, meter: fanoutMeter(metrics) });
  const { live } = fanout;
  const life = createLife(config);

  const core = { ...stores, effects: presence.effects, live };
  const connections = createNodeConnections({
    ...core,
    control: { revoke: (sid) => control.revoke(sid) },
    commands: createCommands(core),
    presence,
    errors,
    negotiateLocale,
    failures,
    isGuestJoinOn: config.GUEST_JOIN === 'on',
    closeGraceMs: life.closeGraceMs,
  });
  const control = createControlPlane({
    publisher: redis.connect('adapter'),
    subscriber: redis.connect('adapter'),
    connections,
    failures,
  });
  const doorDeps = { gateway: connections, config, failures, metrics: doorMeter(metrics) };
  const socketio = createSocketioDoor(doorDeps);
  const websocket = createWebsocketDoor(doorDeps);
  control.attach(socketio.io);

  const http = await createHttpApp({
    settings: config,
    useCases: createUseCases({ ...core, control }),
    errors,
    catalogue,
    negotiateLocale,
    idempotency: createRedisIdempotencyStore(redis.commands),
    quota: createRedisRoomQuota({ redis: redis.client, perMinute: config.ROOMS_PER_MINUTE }),
    readiness: createHealth({
      checks: [
        { name: 'accepting', check: life.checkAccepting },
        { name: 'redis', check: async () => void (await redis.commands.pipeline([['PING']])) },
        { name: 'pubsub', check: () => fanout.bus.probe() },
      ],
    }),
    metrics: httpMeter(metrics),
    failures,
    logger,
    serverFactory: createFrontDoor({ gate: life.gate, socketio, websocket, errors, negotiateLocale, failures }),
  });

  async function leave(): Promise<void> {
    life.leave();
    logger.info({ connections: connections.count() }, 'draining');
    const peers = [...connections.all()].map(({ peer }) => ({
      announce: (reconnectInMs: number) => peer.emit('drain', { reconnectInMs }),
      close: () => peer.close('SERVER_DRAINING'),
    }));
    await drain(peers, {
      windowMs: config.DRAIN_WINDOW_MS,
      onProgress: (share) => metrics.drainProgress.set(share),
    });
    await Promise.all([socketio.close(), websocket.close()]);
    await http.close();
    await presence.close();
    await fanout.close();
    await catalogue.close();
    redis.close();
    life.close();
    logger.info('closed');
  }
  let leaving: Promise<void> | null = null;

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
  return {
    client,
    connect,
    commands: createRedisCommands(client, observe),
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
    bus: { probe: async () => bus?.probe() },
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
    checkAccepting() {
      if (isLeaving) throw new Error('draining');
    },
    closeGraceMs: () => (isLeaving ? config.DRAIN_WINDOW_MS + DRAIN_GRACE_MS : config.CLOSE_GRACE_MS),
    close: () => overload.close(),
  };
}
