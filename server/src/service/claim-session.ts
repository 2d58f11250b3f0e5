/** Claiming a name: the name itself if it is free, else the name with four digits. */
import { parseUserName } from '../protocol/index.ts';
import { ChatError, invalidField } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';
import type { Identity, UserStamp } from './ports.ts';
import { randomSid, randomSuffix } from './random-ids.ts';

/** The session that was made, its token and what its user script stamped. */
export type Claimed = { identity: Identity; token: string; stamp: UserStamp };
type Deps = Pick<ServiceDeps, 'sessions' | 'tokens' | 'effects'>;

/** Tries with other digits before it gives up, and rounds of ending an earlier owner's memberships. */
const TRIES = 20;

/** `field` is what the caller calls the name. With the `sid` of an earlier attempt a claim is repeated, not made twice. */
export type NameClaim = { name: string; field: string; sid?: string };

/** Leases `name` to a new session. */
export async function claimSession(deps: Deps, { name, field, sid = randomSid() }: NameClaim): Promise<Claimed> {
  const wanted = parseUserName(name);
  if (wanted === null) throw invalidField(field, 'name');
  const suffixed = () => `${wanted}${randomSuffix()}`;
  let userId = deps.tokens.reservesNames ? suffixed() : wanted;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const claim = await deps.sessions.claim(userId, sid);
    if (claim.status === 'claimed') {
      const { token, expiresAtMs } = await deps.tokens.sign(userId, sid);
      return { identity: { userId, sid, expiresAtMs }, token, stamp: claim.stamp };
    }
    if (claim.status === 'inherited') await deps.effects.apply(claim.pending);
    else userId = suffixed();
  }
  throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
}
