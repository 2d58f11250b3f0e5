/** What the contract tests of session stores share: a store for each kind, people and their effects. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Identity, OpenConnection, PendingEffect, SessionStore } from '../../src/service/ports.ts';
import { eventually } from './eventually.ts';
import { type StoreUnderTest, TIMES } from './session-stores.ts';

export const ROOM = 'room0001';
export const OTHER_ROOM = 'room0002';
/** What a rejected promise of a session that is over looks like. */
export const expired = expect.objectContaining({ code: 'SESSION_EXPIRED' });

let count = 0;
/** A name that no other test has. */
export const nextName = () => `홍길동 ${++count}`;

/** A user with a session that lasts. */
export const identityOf = (userId: string, sid: string): Identity => ({
  userId,
  sid,
  expiresAtMs: Date.now() + TIMES.tokenTtlMs,
});

/** One connection of a user. */
export const connectionOf = (identity: Identity, connectionId: string): OpenConnection => ({
  ...identity,
  connectionId,
});

/** Effects as short texts, sorted. */
export const brief = (effects: readonly PendingEffect[]) =>
  effects.map(({ roomId, leave, stamp }) => `${roomId} ${leave ?? stamp.status}`).sort();

/** Opens a store before the tests of the surrounding `describe` and closes it after them. */
export function createSessionBench(make: () => Promise<StoreUnderTest>) {
  let store: StoreUnderTest;
  beforeAll(async () => {
    store = await make();
  });
  afterEach(() => store.setCertain(true));
  afterAll(() => store.close());

  async function claimed(sid = `sid-${count}`): Promise<Identity> {
    const userId = nextName();
    expect(await store.sessions.claim(userId, sid)).toMatchObject({ status: 'claimed' });
    return identityOf(userId, sid);
  }

  return {
    get store(): StoreUnderTest {
      return store;
    },
    get sessions(): SessionStore {
      return store.sessions;
    },
    claimed,
    async connected(...connectionIds: string[]): Promise<Identity> {
      const identity = await claimed();
      for (const id of connectionIds) await store.sessions.open(identity, id);
      return identity;
    },
    lapseUntil: (userId: string, isGood: (effects: string[]) => boolean) =>
      eventually(
        () => store.sessions.lapse([userId]),
        ({ pending }) => isGood(brief(pending)),
      ),
    async settleAll(pending: readonly PendingEffect[]): Promise<void> {
      for (const effect of pending) await store.sessions.settle(effect);
    },
  };
}
