/** Carries what user scripts left pending into the rooms, then settles it: the second half of every change of presence. */
import type { Failures, PendingEffect, RoomStore, SessionStore } from '../service/ports.ts';

/** What effects need. */
export type EffectsDeps = {
  rooms: Pick<RoomStore, 'leave' | 'announce'>;
  sessions: Pick<SessionStore, 'settle' | 'forget'>;
  failures: Failures;
};

/** Applies effects. */
export interface Effects {
  /**
   * Applies and settles each effect. Never rejects: what failed is reported and stays pending for the sweepers; the
   * answer names the users it happened to. Idempotent, also when several nodes do it at once.
   */
  apply(pending: readonly PendingEffect[]): Promise<{ failed: ReadonlySet<string> }>;
}

/** Effects on their way at once: bounds what a sweep of many users in many rooms holds in memory. */
const MOST_AT_ONCE = 500;

/** Effects of one user, which are settled together. */
export function createEffects({ rooms, sessions, failures }: EffectsDeps): Effects {
  async function leave(effect: PendingEffect & { leave: NonNullable<PendingEffect['leave']> }): Promise<void> {
    // `stale` means that the user has entered again, and then the leave is no longer pending; any other answer is done.
    await rooms.leave(effect.roomId, effect.stamp, effect.leave);
    await sessions.settle(effect);
  }

  async function announce({ roomId, stamp }: PendingEffect): Promise<boolean> {
    const answer = await rooms.announce(roomId, stamp);
    if (answer === 'absent') await sessions.forget(stamp.userId, roomId, true);
    return answer !== 'absent' && answer !== 'not_member';
  }

  /** One change of presence in all rooms: one pending entry, so it is settled once, after the last room. */
  async function announceAll(effects: readonly [PendingEffect, ...PendingEffect[]]): Promise<void> {
    const wereSure = await Promise.all(effects.map(announce));
    await sessions.settle(effects[0], wereSure.includes(false));
  }

  async function applySome(pending: readonly PendingEffect[], failed: Set<string>): Promise<void> {
    const tasks: { userId: string; done: Promise<void> }[] = [];
    for (const effect of pending) {
      if (isLeave(effect)) tasks.push({ userId: effect.stamp.userId, done: leave(effect) });
    }
    for (const changes of groupChanges(pending)) {
      tasks.push({ userId: changes[0].stamp.userId, done: announceAll(changes) });
    }
    const results = await Promise.allSettled(tasks.map(({ done }) => done));
    results.forEach((result, i) => {
      if (result.status === 'fulfilled') return;
      failed.add(tasks[i]?.userId ?? '');
      failures.report('presence.effects', result.reason);
    });
  }

  return {
    async apply(pending) {
      const failed = new Set<string>();
      for (const portion of portions(pending)) await applySome(portion, failed);
      return { failed };
    },
  };
}

function isLeave(effect: PendingEffect): effect is PendingEffect & { leave: NonNullable<PendingEffect['leave']> } {
  return effect.leave !== null;
}

function groupChanges(pending: readonly PendingEffect[]): [PendingEffect, ...PendingEffect[]][] {
  const groups = new Map<string, [PendingEffect, ...PendingEffect[]]>();
  for (const effect of pending) {
    if (effect.leave !== null) continue;
    const key = `${effect.stamp.userId}@${effect.stamp.revision}`;
    const group = groups.get(key);
    if (group) group.push(effect);
    else groups.set(key, [effect]);
  }
  return [...groups.values()];
}

/** Portions end between users: a change of presence must be whole before it is settled. */
function* portions(pending: readonly PendingEffect[]): Generator<PendingEffect[]> {
  const byUser = new Map<string, PendingEffect[]>();
  for (const effect of pending) {
    const known = byUser.get(effect.stamp.userId);
    if (known) known.push(effect);
    else byUser.set(effect.stamp.userId, [effect]);
  }
  let portion: PendingEffect[] = [];
  for (const effects of byUser.values()) {
    portion.push(...effects);
    if (portion.length < MOST_AT_ONCE) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}
