/** The composition root: builds every part of a node once and wires it; reads from Redis outwards to the doors. */
import type { Config } from './config.ts';
import { createErrorWriter } from './errors/error-writer.ts';
import { negotiateLocale } from './errors/negotiate-locale.ts';
import { createLife } from './life.ts';
import { commandObserver, fanoutMeter, httpMeter, meteredErrors, sweepMeter } from './meters.ts';
import { createFailures } from './ops/failures.ts';
import { createHealth } from './ops/health.ts';
import type { Logger } from './ops/logger.ts';
import { createMetrics } from './ops/metrics.ts';
import { createCommands } from './service/commands.ts';
import { createUseCases } from './service/create-use-cases.ts';
import { createNodeConnections } from './service/node-connections.ts';
import { createRedisIdempotencyStore } from './store/redis-idempotency-store.ts';
import { createRedisRoomQuota } from './store/redis-room-quota.ts';
import { createHttpApp } from './transport/http/app.ts';
import { createFrontDoor } from './transport/http/front-door.ts';
import {
  CLOCK,
  levelsOf,
  openCatalogue,
  openDoors,
  openFanout,
  openPresence,
  openRedis,
  openStores,
} from './wiring.ts';

/** A running node. */
export interface App {
  /** Listens; answers the port. */
  listen(): Promise<number>;
  /** Lets everybody go elsewhere, then closes everything, in order. Idempotent. */
  close(): Promise<void>;
}

/** Builds a node. It listens only after `listen`, and lives with Redis or PostgreSQL away. */
export async function createApp(config: Config, logger: Logger): Promise<App> {
  const metrics = createMetrics({ nodeId: config.NODE_ID });
  const failures = createFailures({ logger, count: (stage) => metrics.failures.inc({ stage }) });
  const redis = openRedis(config, failures, commandObserver(metrics));
  const stores = openStores(config, redis, metrics);
  const presence = openPresence(config, { stores, failures, onSwept: sweepMeter(metrics) });
  const catalogue = await openCatalogue(config, failures);
  const errors = meteredErrors(createErrorWriter({ catalogue, failures }), metrics);

  const onDrained = (share: number) => metrics.drainProgress.set(share);
  const life = createLife({ config, clock: CLOCK, failures, onDrained });
  const meter = fanoutMeter(metrics);
  const fanout = openFanout(config, { redis, stores, failures, meter, hasFrozen: life.hasFrozen });

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
  life.watch(connections);
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
    metrics: httpMeter(metrics, levelsOf({ redis, fanout, catalogue, connections })),
    failures,
    logger,
    serverFactory: createFrontDoor({
      ...doors,
      gate: life.gate,
      countRefused: (code) => metrics.handshakesRefused.inc({ code }),
      errors,
      negotiateLocale,
      failures,
    }),
  });

  let leaving: Promise<void> | null = null;
  async function leave(): Promise<void> {
    logger.info({ connections: connections.count() }, 'draining');
    await life.leave();
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
