/** What a session may ask about itself: proof, description, renewal, end. */
import { isJwt } from '../protocol/index.ts';
import { ChatError } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';
import type { Identity } from './ports.ts';
import type { SessionDescription, SessionProof } from './use-cases.ts';

/** Takes a JWT only and renews its session. UNAUTHORIZED, SESSION_EXPIRED. */
export async function authenticate(deps: ServiceDeps, token: string): Promise<Identity> {
  if (!isJwt(token)) throw new ChatError('UNAUTHORIZED');
  const identity = await deps.tokens.verify(token);
  await deps.sessions.touch(identity);
  return identity;
}

/** The session's rooms, with what is unread in each. */
export async function describeSession(deps: ServiceDeps, identity: Identity): Promise<SessionDescription> {
  const { userId, expiresAtMs } = identity;
  const roomIds = await deps.sessions.rooms(userId);
  const overviews = await Promise.all(roomIds.map((roomId) => deps.rooms.overview(roomId, userId)));
  const rooms = roomIds.flatMap((roomId, i) => {
    const overview = overviews[i];
    return overview ? [{ roomId, ...overview }] : [];
  });
  return { userId, expiresAt: new Date(expiresAtMs).toISOString(), rooms };
}

/** A fresh token for the same session. FORBIDDEN for the token of another issuer: only that issuer renews it. */
export async function renewSession(deps: ServiceDeps, identity: Identity): Promise<SessionProof> {
  const { userId, sid, foreign } = identity;
  if (foreign) throw new ChatError('FORBIDDEN');
  const { token, expiresAtMs } = await deps.tokens.sign(userId, sid);
  await deps.sessions.prolong({ ...identity, expiresAtMs });
  return { userId, token, expiresAt: new Date(expiresAtMs).toISOString() };
}

/** Leaves every room and ends the session on all nodes. */
export async function endSession(deps: ServiceDeps, identity: Identity): Promise<void> {
  const { pending } = await deps.sessions.end(identity);
  deps.control.revoke(identity.sid);
  await deps.effects.apply(pending);
}
