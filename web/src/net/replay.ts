/**
 * Keeps a room's place: delivers each message once and in order, fills what was missed, and says so where that cannot be
 * done. The place is `position`, the id up to which everything is here; it only moves over what is complete.
 */
import { type Joined, LIMITS, type Message, type ResyncReason } from '@c2c/server/protocol';
import type { Place, ReadPage } from './decode.ts';
import type { Result } from './failure.ts';
import type { Timeline } from './timeline.ts';

/** Why something may be missing: the server could not replay, or it told so while we were connected. */
export type GapReason = 'not_recovered' | ResyncReason;

/** What a page is asked for. */
export type PageQuery = { before?: string; after?: string; limit?: number };

/** What a replay needs from the room around it. */
export interface ReplayHooks {
  /** Asks for a page on the present connection. */
  page(query: PageQuery): Promise<Result<ReadPage>>;
  /** Settles after a wait that grows with `attempt`, or earlier. */
  pause(attempt: number, retryAfterMs: number | undefined): Promise<void>;
  /** A message for the application. */
  deliver(message: Message): void;
  /** From here on earlier messages may be missing for good. */
  gap(reason: GapReason): void;
  /** Everything is here up to now. */
  caughtUp(): void;
  /** The server says that there is nothing to read for us any more. */
  denied(): void;
}

type Entry = Place & { message: Message | null };
/** Where a run ends. `position` is null where only the seq is known, and nobody has shown yet that the log reaches it. */
type Target = { seq: number; position: string | null };

/** Live messages that wait while pages are being read; beyond it they are dropped and paged as well. */
const HELD_MAX = 1_000;

/** More than a server keeps of a room, so that nothing it can bring back is taken for new. */
const DELIVERED_MAX = 2 * LIMITS.logMessages;

/** How often a page is asked for that brings nothing new, before what it should have brought counts as missing. */
const VAIN_PAGES_MAX = 3;

/** See the file's sentence. */
export class Replay {
  readonly #timeline: Timeline;
  readonly #hooks: ReplayHooks;
  readonly counts = { replayed: 0, duplicates: 0 };
  #place: Place | null = null;
  #target: Target = { seq: 0, position: null };
  /** Set from the moment something is known to be lost until the newest page has been read. */
  #loss: GapReason | null = null;
  #held: Entry[] = [];
  /** Ids of the newest messages that the application was given. */
  readonly #delivered = new Set<string>();
  /** Counts runs: a run that finds another number has been overtaken and stops. */
  #run = 0;
  #isRunning = false;

  constructor(timeline: Timeline, hooks: ReplayHooks) {
    this.#timeline = timeline;
    this.#hooks = hooks;
  }

  /** What to give as `after` on joining again; undefined where nothing is here yet. */
  get position(): string | undefined {
    return this.#place?.id;
  }

  /** The seq up to which everything is here. */
  get seq(): number {
    return this.#place?.seq ?? 0;
  }

  /** Starts from the answer of a join in which `position` had been given as `after`. */
  start(joined: Joined): void {
    this.stop();
    this.#target = { seq: joined.seq, position: joined.position };
    if (this.#place === null && this.#loss === null) {
      this.#arrive();
      return;
    }
    if (this.#place === null || joined.recovered !== true) {
      this.#lose('not_recovered');
      return;
    }
    const rewritten = joined.missed.find((message) => this.#contradicts(message));
    if (rewritten) {
      this.resync('history_lost', { seq: rewritten.seq - 1, position: null }, this.#target);
      return;
    }
    this.#loss = null;
    for (const message of ascending(joined.missed)) this.#replayed(message);
    if (!joined.more && this.#place.seq >= joined.seq) {
      this.#arrive();
      return;
    }
    this.#begin((run) => this.#readMissed(run));
  }

  /** The connection is gone: whatever was being read is read again after the next join. */
  stop(): void {
    this.#run += 1;
    this.#isRunning = false;
    this.#held = [];
  }

  /** A log entry that came live; `message` is null for a type this client does not know. */
  live(entry: Entry): void {
    if (this.#isRunning) {
      this.#hold(entry);
      return;
    }
    if (entry.seq <= this.seq) {
      this.counts.duplicates += 1;
      return;
    }
    if (entry.seq === this.seq + 1) {
      this.#take(entry);
      return;
    }
    // The server promises that this cannot happen on one connection; should it, the log still knows.
    this.#target = { seq: entry.seq - 1, position: null };
    this.#hold(entry);
    this.#begin((run) => this.#readMissed(run));
  }

  /** History is broken at `cut`: what lies beyond it is dropped, then the newest page up to `target` is read. */
  resync(reason: ResyncReason, cut: Target, target: Target = cut): void {
    this.stop();
    const hadMore = this.#timeline.dropBeyond(cut.seq) || this.seq > cut.seq;
    if (hadMore) this.#place = lastUpTo(this.#timeline.messages, cut.seq);
    this.#target = target;
    this.#lose(reason);
  }

  /** While a connection was handed over, the old one may have shown what a fail-over has taken back since. */
  #contradicts(message: Message): boolean {
    return this.#timeline.at(message.seq) !== undefined && !this.#timeline.holds(message);
  }

  #lose(reason: GapReason): void {
    this.#loss = reason;
    this.#hooks.gap(reason);
    this.#begin((run) => this.#readNewest(run));
  }

  #begin(read: (run: number) => Promise<void>): void {
    this.#isRunning = true;
    void read(this.#run);
  }

  async #readMissed(run: number): Promise<void> {
    for (let vain = 0; this.seq < this.#target.seq; ) {
      const page = await this.#ask(run, { after: this.position ?? '', limit: LIMITS.pageMax });
      if (page === null) return;
      if (page.recovered !== true) return this.#lose('not_recovered');
      if (this.#follow(page)) vain = 0;
      else if (++vain === VAIN_PAGES_MAX) return this.#lose('not_recovered');
      else if (!(await this.#rest(run, vain))) return;
    }
    this.#arrive();
  }

  /** Goes as far as a page and the target reach; whether that is any further. */
  #follow(page: ReadPage): boolean {
    const before = this.seq;
    for (const message of this.#upToTarget(page)) this.#replayed(message);
    const end = lastUpTo(page.places, this.#target.seq);
    if (end && end.seq > this.seq) this.#place = end;
    return this.seq > before;
  }

  async #readNewest(run: number): Promise<void> {
    const page = await this.#askNewest(run);
    if (page === null) return;
    const messages = this.#upToTarget(page);
    if (this.#loss === 'not_recovered') this.#timeline.keepOnly(messages);
    for (const message of messages) this.#deliver(message);
    this.#loss = null;
    const place = lastUpTo([...this.#timeline.messages, ...page.places], this.#target.seq);
    this.#place = place ?? (this.#target.position === null ? this.#place : null);
    // What the log does not lead to is not asked for again and again: it is read when the log has come as far.
    if (!this.#isReachedBy(page)) this.#held = unbroken(this.#held, this.seq);
    this.#arrive();
  }

  /** The newest page, asked for again while it ends before the target. */
  async #askNewest(run: number): Promise<ReadPage | null> {
    for (let attempt = 1; ; attempt++) {
      const page = await this.#ask(run, { limit: LIMITS.pageDefault });
      if (page === null || this.#isReachedBy(page) || attempt === VAIN_PAGES_MAX) return page;
      if (!(await this.#rest(run, attempt))) return null;
    }
  }

  /** Whether the log goes as far as the target: the server said so, or the page shows it. */
  #isReachedBy(page: ReadPage): boolean {
    return this.#target.position !== null || (page.places.at(-1)?.seq ?? 0) >= this.#target.seq;
  }

  /** Waits; whether this run still counts then. */
  async #rest(run: number, attempt: number, retryAfterMs?: number): Promise<boolean> {
    await this.#hooks.pause(attempt, retryAfterMs);
    return run === this.#run;
  }

  /** A page, asked for until it comes; null once this run has been overtaken. */
  async #ask(run: number, query: PageQuery): Promise<ReadPage | null> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.#hooks.page(query);
      if (run !== this.#run) return null;
      if (result.ok) return result.data;
      if (!result.error.retryable && result.error.code !== 'PROTOCOL_ERROR') {
        this.#hooks.denied();
        return null;
      }
      if (!(await this.#rest(run, attempt, result.error.retryAfterMs))) return null;
    }
  }

  #upToTarget(page: ReadPage): Message[] {
    return ascending(page.messages).filter(({ seq }) => seq <= this.#target.seq);
  }

  #arrive(): void {
    this.#isRunning = false;
    const { seq, position } = this.#target;
    // Never to a seq that nobody has shown. And never back: during a hand-over the old connection may have brought more
    // than the new one has seen yet.
    if (position !== null && seq >= this.seq) this.#place = { seq, id: position };
    const held = this.#held;
    this.#held = [];
    for (const entry of held) this.live(entry);
    if (!this.#isRunning) this.#hooks.caughtUp();
  }

  #hold(entry: Entry): void {
    const last = this.#held.at(-1);
    if (last && this.#held.length >= HELD_MAX) {
      this.#held = [];
      this.#target = { seq: last.seq, position: null };
      if (this.#loss !== null) this.#readAgain();
    }
    this.#held.push(entry);
  }

  /** The newest page that was asked for may be older than what has just been dropped. */
  #readAgain(): void {
    this.#run += 1;
    this.#begin((run) => this.#readNewest(run));
  }

  #take(entry: Entry): void {
    if (entry.message) this.#deliver(entry.message);
    this.#place = { seq: entry.seq, id: entry.id };
  }

  /** Whether the application has not been given it yet: what fell out of the timeline may come back after a cut. */
  #isNew(id: string): boolean {
    if (this.#delivered.has(id)) return false;
    this.#delivered.add(id);
    const [oldest] = this.#delivered;
    if (oldest !== undefined && this.#delivered.size > DELIVERED_MAX) this.#delivered.delete(oldest);
    return true;
  }

  #replayed(message: Message): void {
    if (message.seq > this.seq) this.counts.replayed += 1;
    else this.counts.duplicates += 1;
    this.#deliver(message);
  }

  #deliver(message: Message): void {
    if (this.#loss === null && message.seq <= this.seq) return;
    if (this.#timeline.add(message) && this.#isNew(message.id)) this.#hooks.deliver(message);
    if (this.#loss === null) this.#place = { seq: message.seq, id: message.id };
  }
}

function lastUpTo(places: readonly Place[], upToSeq: number): Place | null {
  const last = places.findLast(({ seq }) => seq <= upToSeq);
  return last ? { seq: last.seq, id: last.id } : null;
}

/** The entries that follow on `seq` without a hole. */
function unbroken(entries: readonly Entry[], seq: number): Entry[] {
  let last = seq;
  return entries.filter((entry) => {
    if (entry.seq > last + 1) return false;
    last = Math.max(last, entry.seq);
    return true;
  });
}

function ascending(messages: readonly Message[]): Message[] {
  return [...messages].sort((a, b) => a.seq - b.seq);
}
