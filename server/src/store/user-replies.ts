/** What a user script answers about one user, read into types. */
import type { LeaveReason, PresenceStatus } from '../protocol/index.ts';
import type { PendingEffect, UserStamp } from '../service/ports.ts';
import { asArray, asInteger, asPairs, asText } from './replies.ts';

/** One user after a script: what was decided, the stamp for room scripts, what is pending, when to look again (0: never). */
export type UserReply = { word: string; stamp: UserStamp; pending: PendingEffect[]; nextMs: number };

/** A pending field as it is stored: `online@<revision>` or `leave:<reason>@<revision>`. */
export type PendingValue =
  | { kind: 'presence'; status: PresenceStatus; revision: number }
  | { kind: 'leave'; reason: LeaveReason; revision: number };

/** Reads one user's part of the answer. */
export function parseUserReply(userId: string, reply: unknown): UserReply {
  const [word, revision, timeMs, status, pending, rooms, nextMs] = asArray(reply, 'user script');
  const stamp: UserStamp = {
    userId,
    revision: asInteger(revision, 'revision'),
    timeMs: asInteger(timeMs, 'time'),
    status: status === 'online' ? 'online' : 'offline',
  };
  const roomIds = asArray(rooms, 'rooms').map((room) => asText(room, 'rooms'));
  return {
    word: asText(word, 'user script'),
    stamp,
    pending: toEffects(stamp, asPairs(pending, 'pending'), roomIds),
    nextMs: asInteger(nextMs, 'next look'),
  };
}

/** The effects that pending fields stand for: each leave, and a change of presence in every other room. */
export function toEffects(
  stamp: UserStamp,
  fields: readonly (readonly [field: string, value: string])[],
  roomIds: readonly string[],
): PendingEffect[] {
  const leaving = new Set<string>();
  const effects: PendingEffect[] = [];
  let change: UserStamp | null = null;
  for (const [field, text] of fields) {
    const value = parsePending(text);
    if (value.kind === 'presence') change = { ...stamp, revision: value.revision, status: value.status };
    else {
      leaving.add(field);
      effects.push({ roomId: field, stamp: { ...stamp, revision: value.revision }, leave: value.reason });
    }
  }
  if (change === null) return effects;
  for (const roomId of roomIds) if (!leaving.has(roomId)) effects.push({ roomId, stamp: change, leave: null });
  return effects;
}

function parsePending(text: string): PendingValue {
  const match = /^(?:(online|offline)|leave:(left|expired|removed))@(\d+)$/.exec(text);
  if (!match) throw new Error('pending: unexpected value');
  const revision = Number(match[3]);
  if (match[1] === 'online' || match[1] === 'offline') return { kind: 'presence', status: match[1], revision };
  const reason = match[2] === 'left' || match[2] === 'removed' ? match[2] : 'expired';
  return { kind: 'leave', reason, revision };
}
