/** What must be so: who has tabs, who is a member where, and who was here without a gap that counts. */

/** Whether somebody is a member; `maybe` where a node died over it, or two requests about it crossed. */
export type Membership = 'in' | 'out' | 'maybe';

/** Gaps longer than this may be told; a reload and a short loss may not. */
const LONGEST_BLINK_MS = 4_500;
/** The session lives 10 min: before this it is surely there, after that surely gone and swept. */
const SURELY_ALIVE_MS = 590_000;
const SURELY_GONE_MS = 680_000;

/** A request under way: which memberships it is about (null: all of them), and whether another crossed it. */
type Request = { roomId: string | null; isCrossed: boolean };

/** The truth about one user. */
export class UserTruth {
  readonly userId: string;
  readonly memberships = new Map<string, Membership>();
  readonly #tabs = new Set<string>();
  readonly #requests = new Set<Request>();
  /** Without a break since the last rest. */
  #isCovered = false;
  #gapSinceMs = Number.NEGATIVE_INFINITY;
  #lastSignMs = Number.NEGATIVE_INFINITY;

  constructor(userId: string, roomIds: readonly string[]) {
    this.userId = userId;
    for (const roomId of roomIds) this.memberships.set(roomId, 'out');
  }

  get isOnline(): boolean {
    return this.#tabs.size > 0;
  }

  /** Nothing may have been told of this user's presence since the last rest. */
  get isCovered(): boolean {
    return this.#isCovered && this.isOnline;
  }

  opened(tab: string, nowMs: number): void {
    this.sign(nowMs);
    if (this.#tabs.size === 0 && nowMs - this.#gapSinceMs > LONGEST_BLINK_MS) this.#isCovered = false;
    this.#tabs.add(tab);
  }

  closed(tab: string, nowMs: number): void {
    this.sign(nowMs);
    if (this.#tabs.delete(tab) && this.#tabs.size === 0) this.#gapSinceMs = nowMs;
  }

  /** What follows is no gap but another life. */
  uncover(): void {
    this.#isCovered = false;
  }

  /** Time has passed while tabs are open, or the user has asked for something: the session lives on. */
  sign(nowMs: number): void {
    if (nowMs - this.#lastSignMs > SURELY_ALIVE_MS) this.#turn('in', 'maybe');
    this.#lastSignMs = nowMs;
  }

  /** All is quiet: what must be so by now. */
  rest(nowMs: number): void {
    if (this.isOnline) this.sign(nowMs);
    const silentMs = nowMs - this.#lastSignMs;
    if (silentMs > SURELY_GONE_MS) for (const roomId of this.memberships.keys()) this.memberships.set(roomId, 'out');
    else if (silentMs > SURELY_ALIVE_MS) this.#turn('in', 'maybe');
  }

  /** After a rest a new stretch begins. */
  begin(): void {
    this.#isCovered = this.isOnline;
  }

  /** A request begins; call the answer with what it made of the memberships, or `maybe`. */
  request(roomId: string | null): (outcome: Membership | 'same') => void {
    const request: Request = { roomId, isCrossed: false };
    for (const other of this.#requests) {
      if (roomId !== null && other.roomId !== null && other.roomId !== roomId) continue;
      other.isCrossed = true;
      request.isCrossed = true;
    }
    this.#requests.add(request);
    return (outcome) => {
      this.#requests.delete(request);
      const rooms = roomId === null ? [...this.memberships.keys()] : [roomId];
      for (const room of rooms) {
        if (request.isCrossed) this.memberships.set(room, 'maybe');
        else if (outcome !== 'same') this.memberships.set(room, outcome);
      }
    };
  }

  #turn(from: Membership, to: Membership): void {
    for (const [roomId, membership] of this.memberships) if (membership === from) this.memberships.set(roomId, to);
  }
}
