/** The composition root: builds every part of a node once and wires it; reads from Redis outwards to the doors. */
import type { Server } from 'node:net';
import type { Config } from './config.ts';
import { createErrorWriter } from './errors/error-writer.ts';
import { negotiateLocale } from './errors/negotiate-locale.ts';
import { createLife } from './life.ts';
import { openLimits } from './limits.ts';
import { commandObserver, httpMeter, lifeMeter, meteredErrors, sweepMeter } from './meters.ts';
import { createFailures } from './ops/failures.ts';
import { createHealth } from './ops/health.ts';
import type { Logger } from './ops/logger.ts';
import { createMetrics } from './ops/metrics.ts';
import { createCommands } from './service/commands.ts';
import { createUseCases } from './service/create-use-cases.ts';
import { createNodeConnections } from './service/node-connections.ts';
import { createRedisIdempotencyStore } from './store/redis-idempotency-store.ts';
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
  openTokens,
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
  const tokens = openTokens(config, failures);
  const presence = openPresence(config, { stores, failures, onSwept: sweepMeter(metrics) });
  const catalogue = await openCatalogue(config, failures);
  const errors = meteredErrors(createErrorWriter({ catalogue, failures }), metrics);

  const life = createLife({ config, clock: CLOCK, failures, meter: lifeMeter(metrics) });
  const fanout = openFanout(config, { redis, stores, failures, metrics, life });

  const warn = (text: string) => logger.warn(text);
  const { doorLimits, quota, requests } = openLimits(config, { redis: redis.client, gate: life.gate, warn, metrics });
  const core = { ...stores, tokens, effects: presence.effects, live: fanout.live };
  const connections = createNodeConnections({
    ...core,
    control: { revoke: (sid) => doors.control.revoke(sid) },
    commands: createCommands({ ...core, nodeId: config.NODE_ID }),
    presence,
    errors,
    negotiateLocale,
    failures,
    isGuestJoinOn: config.GUEST_JOIN === 'on',
    limits: requests,
    quota,
    closeGraceMs: life.closeGraceMs,
  });
  life.watch(connections);
  const doors = openDoors(config, { redis, connections, failures, metrics, doorLimits });
  const readiness = createHealth({ checks: [life.accepting, redis.answering, fanout.hearing] });
  const edge = { errors, negotiateLocale, failures };
  const http = await createHttpApp({
    settings: config,
    useCases: createUseCases({ ...core, control: doors.control }),
    ...edge,
    catalogue,
    idempotency: createRedisIdempotencyStore(redis.commands),
    quota,
    callers: doorLimits,
    isOverloaded: life.isRestRefused,
    readiness,
    metrics: httpMeter(metrics, levelsOf({ redis, fanout, catalogue, connections, stores, readiness })),
    logger,
    serverFactory: createFrontDoor({
      ...doors,
      ...doorLimits,
      countRefused: (code) => metrics.handshakesRefused.inc({ code }),
      ...edge,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    }),
  });

  return asApp({
    async start() {
      presence.start();
      await http.listen({ host: config.HOST, port: config.PORT });
      return portOf(http.server) ?? config.PORT;
    },
    async leave() {
      logger.info({ connections: connections.count() }, 'draining');
      await life.leave();
      // From the doors inwards: nothing is closed that something still open might ask.
      await doors.close();
      for (const part of [http, presence, fanout, catalogue, tokens, redis, life]) await part.close();
      logger.info('closed');
    },
  });
}

function portOf(server: Server): number | null {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : null;
}

function asApp({ start, leave }: { start(): Promise<number>; leave(): Promise<void> }): App {
  let leaving: Promise<void> | null = null;
  return {
    listen: start,
    close() {
      leaving ??= leave();
      return leaving;
    },
  };
}
