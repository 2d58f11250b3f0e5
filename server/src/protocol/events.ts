/** What the server tells clients: one type per event, and the names that nobody else may use on the wire. */
import type { Joined, LeaveReason, Message, Page, PresenceStatus, Roster, Sent } from './entities.ts';
import type { WireError } from './errors.ts';

/** Payloads of server events, by name. */
export type ServerEvents = {
  joined: Joined;
  msg: Message;
  user_joined: { roomId: string; userId: string; rev: number };
  user_left: { roomId: string; userId: string; rev: number; reason: LeaveReason };
  left: { roomId: string; reason: LeaveReason | 'gone' };
  presence: { roomId: string; userId: string; status: PresenceStatus; rev: number };
  members: { roomId: string; rev: number } & Roster;
  room_stats: { roomId: string; memberCount: number; onlineCount: number };
  typing: { roomId: string; userId: string };
  reads: { roomId: string; positions: Record<string, number> };
  resync: { roomId: string; reason: ResyncReason; seq: number; position: string };
  drain: { reconnectInMs: number };
  error: WireError & { re?: string; roomId?: string };
  pong: Record<string, never>;
};
export type ServerEventName = keyof ServerEvents;

/** Why a gap could not be filled: the log no longer reaches back, or the history was cut by a lost tail. */
export type ResyncReason = 'log_too_short' | 'history_lost';

/** `data` of the answer to each request. */
export type Answers = {
  join: Joined;
  msg: Sent;
  ping: { node: string };
  leave: Record<string, never>;
  typing: Record<string, never>;
  read: Record<string, never>;
  history: Page;
  remove: Record<string, never>;
};

/** The answer to a request with a callback or an `id`. */
export type Answer<D = unknown> = { ok: true; data: D } | { ok: false; error: WireError };

const RESERVED = new Set<string>([
  'joined',
  'msg',
  'user_joined',
  'user_left',
  'left',
  'presence',
  'members',
  'room_stats',
  'typing',
  'reads',
  'resync',
  'drain',
  'error',
  'pong',
  'ack',
  'join',
  'ping',
  'leave',
  'read',
  'history',
  'remove',
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** Whether a trusted program may publish an event of this `type` on `chan:<roomId>`. */
export function isCustomEventName(type: string): boolean {
  return /^[a-z][a-z0-9_]{0,31}$/.test(type) && !RESERVED.has(type);
}
