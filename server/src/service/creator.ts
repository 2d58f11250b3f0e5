/** Whom the rights of a room's creator belong to. */
import type { Identity } from './ports.ts';

/**
 * The session of a leased name, which may be somebody else's tomorrow; all sessions of a user of another issuer, who
 * keeps the name from one log-in to the next.
 */
export function creatorSidOf({ sid, foreign }: Identity): string {
  return foreign?.userSid ?? sid;
}
