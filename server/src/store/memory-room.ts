/** One room in memory: its data and the rules that the room scripts follow, without Redis. */
import { createHash } from 'node:crypto';
import {
  byCodePoint,
  currentGen,
  formatPosition,
  type LeaveReason,
  LIMITS,
  type ParsedPosition,
} from '../protocol/index.ts';
import type { Generation, LogEntry, RoomSnapshot, UserStamp } from '../service/ports.ts';

export type StoredSend = { id: string; seq: number; timestamp: string; hash: string };
type State = { status: UserStamp['status']; revision: number };

const MARK_MS = 15_000;
const WINDOW = 1_000;
const MOST_REMOVED = 1_000;

/** What a room holds; `publish` hands out finished JSON, as the scripts do. */
export class MemoryRoom {
  readonly roomId: string;
  readonly epoch: string;
  title: string | null = null;
  creator = '';
  creatorSid = '';
  isPrivate = false;
  invite = '';
  gens: Generation[];
  seq = 0;
  rev = 0;
  log: LogEntry[] = [];
  readonly members = new Map<string, State>();
  readonly gone = new Map<string, { revision: number; untilMs: number }>();
  readonly removed = new Set<string>();
  readonly reads = new Map<string, number>();
  readonly sends = new Map<string, StoredSend>();
  readonly buckets = new Map<string, { tokens: number; atMs: number }>();
  /** Messages from here on are surely in `sends`. */
  dedupeFloor = 1;
  readonly #publish: (payload: string) => void;

  constructor(identity: { roomId: string; epoch: string; gen: string }, publish: (payload: string) => void) {
    this.roomId = identity.roomId;
    this.epoch = identity.epoch;
    this.gens = [{ gen: identity.gen, firstSeq: 1 }];
    this.#publish = publish;
  }

  /** Another server writes now: a new history begins, and revisions jump. */
  turnTo(gen: string): void {
    if (currentGen(this) === gen) return;
    this.gens = [...this.gens, { gen, firstSeq: this.seq + 1 }].slice(-16);
    this.rev += 1_000;
  }

  position(): string {
    return formatPosition(this.here());
  }

  here(): ParsedPosition {
    return { epoch: this.epoch, gen: currentGen(this), seq: this.seq };
  }

  knownRevision(userId: string, nowMs: number): number {
    const mark = this.gone.get(userId);
    return this.members.get(userId)?.revision ?? (mark && mark.untilMs >= nowMs ? mark.revision : 0);
  }

  add({ userId, status, revision }: UserStamp): void {
    this.members.set(userId, { status, revision });
    this.#tell('joined', userId, {});
  }

  /** Answers whether the status differs. */
  setStatus({ userId, status, revision }: UserStamp): boolean {
    const known = this.members.get(userId);
    if (known && revision <= known.revision) return false;
    this.members.set(userId, { status, revision });
    if (known?.status === status) return false;
    this.#tell('presence', userId, { status });
    return true;
  }

  remove({ userId, revision }: UserStamp, reason: LeaveReason, nowMs: number): boolean {
    this.gone.set(userId, { revision, untilMs: nowMs + MARK_MS });
    return this.#end(userId, reason);
  }

  #end(userId: string, reason: LeaveReason): boolean {
    if (!this.members.delete(userId)) return false;
    this.reads.delete(userId);
    this.buckets.delete(userId);
    this.#tell('left', userId, { reason });
    return true;
  }

  /** Answers whether the user was a member. Beyond the bound somebody removed earlier is forgotten. */
  keepOut(userId: string): boolean {
    const [earlier] = this.removed;
    if (!this.removed.has(userId) && this.removed.size >= MOST_REMOVED) this.removed.delete(earlier ?? '');
    this.removed.add(userId);
    return this.#end(userId, 'removed');
  }

  store(send: { userId: string; text: string; clientMsgId?: string | undefined }, timestamp: string): StoredSend {
    this.seq++;
    const id = this.position();
    const { userId: from, text, clientMsgId } = send;
    const message = { type: 'msg', roomId: this.roomId, seq: this.seq, id, from, text, timestamp, clientMsgId };
    const data = JSON.stringify(message);
    this.log.push({ seq: this.seq, data });
    this.#trim();
    const stored = { id, seq: this.seq, timestamp, hash: hashOf(text) };
    if (clientMsgId !== undefined) this.sends.set(`${from}/${clientMsgId}`, stored);
    if (this.seq - this.dedupeFloor >= 2 * WINDOW) this.#forgetSends();
    this.#publish(data);
    return stored;
  }

  snapshot(): RoomSnapshot {
    const members = [...this.members.keys()].sort(byCodePoint);
    return {
      roomId: this.roomId,
      title: this.title,
      creator: this.creator,
      creatorSid: this.creatorSid,
      isPrivate: this.isPrivate,
      epoch: this.epoch,
      gens: [...this.gens],
      seq: this.seq,
      rev: this.rev,
      firstSeq: this.log[0]?.seq ?? 0,
      members,
      online: members.filter((userId) => this.members.get(userId)?.status === 'online'),
      reads: Object.fromEntries(this.reads),
      removed: [...this.removed],
    };
  }

  #tell(type: string, userId: string, more: Record<string, string>): void {
    this.rev++;
    const event = { type, userId, ...more, roomId: this.roomId, rev: this.rev, at: this.position() };
    this.#publish(JSON.stringify(event));
  }

  #trim(): void {
    let bytes = this.log.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
    while (this.log.length > LIMITS.logMessages || (bytes > LIMITS.logBytes && this.log.length > 1)) {
      bytes -= Buffer.byteLength(this.log.shift()?.data ?? '');
    }
  }

  #forgetSends(): void {
    this.dedupeFloor = this.seq - WINDOW + 1;
    for (const [key, { seq }] of this.sends) if (seq < this.dedupeFloor) this.sends.delete(key);
  }
}

/** What tells a retry from another message with a reused id. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
