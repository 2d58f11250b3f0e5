/** One node of a model run: the product's own stores, presence and use cases, on commands that a test lets through one by one. */
import { createPresence } from '../../../src/presence/presence.ts';
import type { Identity, OpenConnection } from '../../../src/service/ports.ts';
import { createKeys } from '../../../src/store/keys.ts';
import { createRedisAbsenceGuard } from '../../../src/store/redis-absence.ts';
import { createRedisRoomStore } from '../../../src/store/redis-room-store.ts';
import { createRedisSessionStore } from '../../../src/store/redis-session-store.ts';
import { createWalkTurns } from '../../../src/store/walk-turns.ts';
import type { SteppedNode, Stepper } from './stepper.ts';
import type { VirtualRedis } from './virtual-redis.ts';

/** The shipped times. */
export const TIMES = {
  presenceTtlMs: 30_000,
  sessionTtlMs: 600_000,
  tokenTtlMs: 86_400_000,
  closeGraceMs: 5_000,
};
const RENEW_MS = 10_000;
const LIMITS = { idleTtlMs: 600_000, logTtlMs: 86_400_000, messageRate: 100, messageBurst: 100 };

/** A node as the actions of a run use it. */
export type ModelNode = ReturnType<typeof createModelNode>;

/** `onFailure` hears what background work reports; `onDeath` that the node has died. */
export type ModelNodeDeps = {
  redis: VirtualRedis;
  stepper: Stepper;
  onFailure(stage: string, error: unknown): void;
  onDeath(): void;
};

/** Its loops run only when told to. */
export function createModelNode({ redis, stepper, onFailure, onDeath }: ModelNodeDeps) {
  const stepped: SteppedNode = stepper.node(redis.commands, onDeath);
  const { commands } = stepped;
  const keys = createKeys('single');
  const clock = { monotonicMs: redis.nowMs };
  const guard = createRedisAbsenceGuard({ commands, keys, renewIntervalMs: RENEW_MS, certaintyMs: 5_000, ...clock });
  const sessions = createRedisSessionStore({ commands, keys, guard, oneServer: true, ...TIMES });
  const rooms = createRedisRoomStore({ commands, send: commands }, { keys, publish: 'PUBLISH', ...LIMITS });
  const loops = new Map<string, () => Promise<void>>();
  const running = new Set<string>();
  const presence = createPresence({
    ...{ sessions, rooms, clock, failures: { report: onFailure }, renewIntervalMs: RENEW_MS, sweepIntervalMs: 1_000 },
    beat: () => guard.beat(),
    takeTurn: createWalkTurns(commands, keys),
    createLoop({ stage, run }) {
      loops.set(stage, run);
      return { start: () => undefined, close: async () => undefined };
    },
  });

  return {
    sessions,
    rooms,
    effects: presence.effects,
    get isDead() {
      return stepped.isDead;
    },
    /** As a gateway does; `onLost` when Redis gave the connection up. */
    async open(identity: Identity, connectionId: string, onLost: () => void): Promise<OpenConnection> {
      const { pending } = await sessions.open(identity, connectionId);
      void presence.effects.apply(pending);
      const connection = { ...identity, connectionId };
      presence.track(connection, { end: onLost });
      return connection;
    },
    async close(connection: OpenConnection): Promise<void> {
      presence.untrack(connection);
      await sessions.close(connection, TIMES.closeGraceMs);
    },
    /** Runs a loop once, unless it still runs. What it rejects with is reported. */
    turn(loop: 'renewals' | 'sweeper' | 'beat' | 'slow-pass'): void {
      const run = loops.get(`presence.${loop}`);
      if (!run || running.has(loop)) return;
      running.add(loop);
      run()
        .catch((error: unknown) => onFailure(loop, error))
        .finally(() => running.delete(loop));
    },
  };
}
