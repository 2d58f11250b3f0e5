/** What all room scripts share: the keys of a room in the order the scripts expect, and the settings they are given. */
import { type ErrorCode, isErrorCode } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Keys } from './keys.ts';
import { asInteger } from './replies.ts';

/** Lifetimes in ms; rate in messages a second for one user in one room. */
export type RoomStoreOptions = {
  keys: Keys;
  publish: 'PUBLISH' | 'SPUBLISH';
  idleTtlMs: number;
  logTtlMs: number;
  messageRate: number;
  messageBurst: number;
};

/** All keys of a room: 1 meta, 2 members, 3 states, 4 reads, 5 log, 6 and 7 dedupe, 8 removed, 9 rate. */
export function roomKeys(keys: Keys, roomId: string): string[] {
  return [
    keys.meta(roomId),
    keys.members(roomId),
    keys.states(roomId),
    keys.reads(roomId),
    keys.log(roomId),
    keys.dedupe0(roomId),
    keys.dedupe1(roomId),
    keys.removed(roomId),
    keys.rate(roomId),
  ];
}

/** The same and, tenth, the room's channel: on a cluster it must lie in the slot of the keys. */
export function roomKeysAndChannel(keys: Keys, roomId: string): string[] {
  return [...roomKeys(keys, roomId), keys.channel(roomId)];
}

/** The first four arguments of scripts that write: room id, publish command, idle TTL and log TTL in ms. */
export function commonArgs(options: RoomStoreOptions, roomId: string): (string | number)[] {
  return [roomId, options.publish, Math.round(options.idleTtlMs), Math.round(options.logTtlMs)];
}

/** A script's refusal as the error it names. */
export function refusal(answer: unknown, waitMs: unknown = null): Error {
  if (typeof answer !== 'string' || !isErrorCode(answer)) return new Error(`unexpected answer: ${String(answer)}`);
  const code: ErrorCode = answer;
  return code === 'RATE_LIMITED'
    ? new ChatError(code, { retryAfterMs: asInteger(waitMs, 'wait') })
    : new ChatError(code);
}
