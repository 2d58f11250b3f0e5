/** Comes back for a fresh token in time: a connection that stays open for days must not end with the token it began with. */
import { isFields } from './decode.ts';
import type { Link } from './link.ts';
import type { Observable } from './observable.ts';
import { type Clock, decodeBase64 } from './platform.ts';
import type { RoomSession } from './room-session.ts';

/** Joining again costs the server a little; it hands a fresh token out once half of the old one's life is over. */
const JOINS_PER_LIFE = 10;
/** What timers of browsers can wait for, ms. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** What it needs: the token in use, and how to join again on the connection that there is. */
export type TokenRenewalDeps = { clock: Clock; token: Observable<string | undefined>; joinAgain(): void };

/**
 * Joins again ten times in a token's life, counted from when the token came: the clock of this device may be wrong, so
 * nothing is compared with it. Tokens that do not tell their life are left alone. Answers how to stop.
 */
export function renewInTime({ clock, token, joinAgain }: TokenRenewalDeps): () => void {
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel();
    const lifeMs = lifeOf(token.value);
    if (lifeMs === null) return;
    cancel = clock.after(Math.min(lifeMs / JOINS_PER_LIFE, LONGEST_WAIT_MS), () => {
      wait();
      joinAgain();
    });
  };
  const unsubscribe = token.subscribe(wait);
  wait();
  return () => {
    unsubscribe();
    cancel();
  };
}

/** Joins one of the rooms that are live on the connection: its answer brings the token of all. */
export function joinAgainOn(link: Link | null, rooms: Iterable<Pick<RoomSession, 'isLiveOn' | 'attach'>>): void {
  const live = link && [...rooms].find((room) => room.isLiveOn(link));
  if (live) live.attach(link);
}

function lifeOf(token: string | undefined): number | null {
  const [, payload = ''] = (token ?? '').split('.');
  try {
    const claims: unknown = JSON.parse(decodeBase64(payload.replaceAll('-', '+').replaceAll('_', '/')));
    if (!isFields(claims) || typeof claims.exp !== 'number' || typeof claims.iat !== 'number') return null;
    const lifeMs = (claims.exp - claims.iat) * 1_000;
    return lifeMs > 0 ? lifeMs : null;
  } catch {
    return null;
  }
}
