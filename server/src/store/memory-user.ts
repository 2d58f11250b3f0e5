/** One user of the memory session store: the state that the keys of a user hold in Redis, and the steps user scripts share. */
import type { LeaveReason, PresenceStatus } from '../protocol/index.ts';
import type { PendingEffect, UserStamp } from '../service/ports.ts';
import { toEffects } from './user-replies.ts';

type Session = {
  sid: string;
  revision: number;
  status: PresenceStatus | null;
  isUsed: boolean;
  enteredMs: number;
  /** Joins that may count: revisions, by room. */
  enters: Map<string, readonly number[]>;
  expiresMs: number;
};

/** As `ENTERING_US` of `scripts/lib/user.lua`. */
const ENTERING_MS = 6_000;

/** State and steps of one user; every step is given the time. */
export class MemoryUser {
  session: Session | null = null;
  readonly connections = new Map<string, number>();
  readonly rooms = new Set<string>();
  readonly pending = new Map<string, string>();
  readonly userId: string;
  revision = 0;

  constructor(userId: string) {
    this.userId = userId;
  }

  /** The session if it still lives. */
  liveSession(nowMs: number): Session | null {
    if (this.session && this.session.expiresMs <= nowMs) this.session = null;
    return this.session;
  }

  latestDeadline(): number {
    return Math.max(0, ...this.connections.values());
  }

  raise(nowMs: number): void {
    this.revision = Math.max(this.revision + 1, Math.round(nowMs * 1000));
  }

  createSession(sid: string, nowMs: number, options: { isUsed: boolean; ttlMs: number }): Session {
    this.raise(nowMs);
    const life = { isUsed: options.isUsed, expiresMs: nowMs + options.ttlMs };
    this.session = {
      sid,
      revision: this.revision,
      status: null,
      enteredMs: Number.NEGATIVE_INFINITY,
      enters: new Map(),
      ...life,
    };
    return this.session;
  }

  changeStatus(status: PresenceStatus, nowMs: number): void {
    if (!this.session || this.session.status === status) return;
    this.raise(nowMs);
    this.session.status = status;
    this.pending.delete('presence');
    if (this.rooms.size > this.pending.size) this.pending.set('presence', `${status}@${this.revision}`);
  }

  endMemberships(reason: LeaveReason, nowMs: number): void {
    this.raise(nowMs);
    this.pending.delete('presence');
    for (const room of this.rooms) {
      if (!this.pending.has(room)) this.pending.set(room, `leave:${reason}@${this.revision}`);
    }
  }

  forgetRoom(roomId: string): void {
    this.pending.delete(roomId);
    this.rooms.delete(roomId);
    this.session?.enters.delete(roomId);
    if (this.rooms.size === 0) this.pending.clear();
  }

  /** Whether a join of the user (of this room, if given) may still be on its way. */
  isEntering(nowMs: number, roomId?: string): boolean {
    if (!this.session) return false;
    if (roomId === undefined) return nowMs - this.session.enteredMs < ENTERING_MS;
    return this.#entersOf(roomId).some((revision) => nowMs - revision / 1000 < ENTERING_MS);
  }

  /** As `next_look` of `user_lapse.lua`: what a room could not be told while the user entered is told again after that. */
  nextLook(atMs: number, nowMs: number): number {
    const entered = this.session?.enteredMs ?? Number.NEGATIVE_INFINITY;
    if (!this.isEntering(nowMs) || !this.pending.has('presence')) return atMs;
    return Math.min(atMs, Math.ceil(entered + ENTERING_MS));
  }

  /** As `user_enter.lua`: raises the revision, by which a refused join is told from others of the same room. Answers whether the room knows the user. */
  enter(session: Session, roomId: string, nowMs: number): boolean {
    this.raise(nowMs);
    const recent = this.#entersOf(roomId).filter((revision) => nowMs - revision / 1000 < ENTERING_MS);
    const wasMember = this.rooms.has(roomId) && !this.pending.has(roomId) && recent.length === 0;
    session.enters.set(roomId, [...recent, this.revision]);
    session.enteredMs = nowMs;
    this.rooms.add(roomId);
    this.pending.delete(roomId);
    return wasMember;
  }

  /** As `user_withdraw.lua`. */
  withdraw(roomId: string, revision: number): void {
    const others = this.#entersOf(roomId).filter((entered) => entered !== revision);
    if (others.length === 0) this.forgetRoom(roomId);
    else this.session?.enters.set(roomId, others);
  }

  #entersOf(roomId: string): readonly number[] {
    return this.session?.enters.get(roomId) ?? [];
  }

  endSession(): void {
    this.session = null;
    this.connections.clear();
  }

  stamp(nowMs: number): UserStamp {
    const status = this.session?.status ?? (this.latestDeadline() > nowMs ? 'online' : 'offline');
    return { userId: this.userId, revision: this.revision, timeMs: Math.floor(nowMs), status };
  }

  effects(nowMs: number): PendingEffect[] {
    return toEffects(this.stamp(nowMs), [...this.pending], [...this.rooms]);
  }
}
