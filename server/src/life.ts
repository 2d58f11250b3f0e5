/** The life of a node among others: whether newcomers are let in, how its people are sent elsewhere, whether it stood still. */
import type { Config } from './config.ts';
import { drain } from './ops/drain.ts';
import { createFreezeWatch } from './ops/freeze-watch.ts';
import { createOverload } from './ops/overload.ts';
import { createPeriodic } from './presence/periodic.ts';
import type { Connections } from './service/gateway.ts';
import type { Clock, Failures } from './service/ports.ts';
import type { Refusal } from './transport/door-limits.ts';

/** What is told of the node's life: the share of people sent elsewhere, and how late the event loop ran at worst in each second. */
export type LifeMeter = { drained(share: number): void; eventLoopDelay(seconds: number): void };

export type LifeDeps = { config: Config; clock: Clock; failures: Failures; meter: LifeMeter };

/** Others give a node's people up when it is silent for 30 s; one that stood still almost as long must not go on. */
const FROZEN_AFTER_MS = 25_000;
/** A drained client that comes back this late is still online (delivery.md). */
const DRAIN_GRACE_MS = 10_000;
/** How late a connection may outlive its token. */
const EXPIRY_LOOK_MS = 1_000;

/** REST is refused at so many times the lateness at which newcomers are (docs/CONFIGURATION.md). */
const REST_LIMIT = 2;

/** Born before the connections it speaks of: `watch` hands them over. */
export function createLife({ config, clock, failures, meter }: LifeDeps) {
  const overload = createOverload(config.OVERLOAD_DELAY_MS, (worstMs) => meter.eventLoopDelay(worstMs / 1_000));
  let connections: Connections | null = null;
  let isLeaving = false;
  const peers = () => [...(connections?.all() ?? [])].map(({ peer }) => peer);
  const freeze = createFreezeWatch({
    limitMs: FROZEN_AFTER_MS,
    monotonicMs: clock.monotonicMs,
    onFrozen(ms) {
      failures.report('frozen', new Error(`this node stood still for ${Math.round(ms / 1000)} s`));
      for (const peer of peers()) peer.close('NODE_FROZEN');
    },
  });

  const expiry = createPeriodic({
    stage: 'sessions.expiry',
    intervalMs: EXPIRY_LOOK_MS,
    run: async () => connections?.endExpired(clock.nowMs()),
    failures,
  });

  return {
    watch(all: Connections): void {
      connections = all;
      expiry.start();
    },
    hasFrozen: freeze.hasFrozen,
    isRestRefused: () => overload.isOverloaded(REST_LIMIT),
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
    /** Shuts the gate and sends everybody elsewhere; resolves when the last connection was closed. */
    async leave(): Promise<void> {
      isLeaving = true;
      const drainable = peers().map((peer) => ({
        announce: (reconnectInMs: number) => peer.emit('drain', { reconnectInMs }),
        close: () => peer.close('SERVER_DRAINING'),
      }));
      await drain(drainable, { windowMs: config.DRAIN_WINDOW_MS, onProgress: meter.drained });
    },
    async close(): Promise<void> {
      overload.close();
      freeze.close();
      await expiry.close();
    },
  };
}
