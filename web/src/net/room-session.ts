/** One room on the connections it is joined on: events in, requests out, what is known of it in between. */
import { isCustomEventName, type Joined, LIMITS, type Message } from '@c2c/server/protocol';
import type { Backoff } from './backoff.ts';
import {
  decodeMessage,
  decodePage,
  decodePlace,
  decodeReads,
  integerField,
  isFields,
  isLogType,
  stringField,
  typedResult,
} from './decode.ts';
import { ClientError, type Failure, failure } from './failure.ts';
import { Joining } from './joining.ts';
import type { Link } from './link.ts';
import { Cell, Emitter } from './observable.ts';
import type { Outgoing } from './outgoing.ts';
import type { Clock } from './platform.ts';
import { type GapReason, type PageQuery, Replay } from './replay.ts';
import type { Room, RoomEvent, RoomFacts, RoomState, RoomStats } from './room.ts';
import { RoomSignals } from './room-signals.ts';
import { changeRoster, EMPTY_ROSTER, replaceRoster, withoutMember } from './roster.ts';
import type { Sender } from './sender.ts';
import { StandingRequests } from './standing-requests.ts';
import { type Gap, Timeline } from './timeline.ts';
import { Waits } from './waits.ts';

const ROSTER_EVENTS = ['user_joined', 'user_left', 'presence', 'members', 'room_stats'] as const;

/** What a room needs from the client around it. */
export type RoomDeps = {
  roomId: string;
  invite: string | undefined;
  clock: Clock;
  random: () => number;
  backoff: Backoff;
  requestTimeoutMs: number;
  keepMessages: number;
  sender: Sender;
  /** The token or name to join with now, and the language. */
  credentials(): { token?: string; locale?: string };
  /** The room's standing on `link` has changed: joined, live, ended. `joined` brings a new token at times. */
  changed(room: RoomSession, joined?: Joined): void;
  unauthorized(error: Failure): void;
  tap(event: RoomEvent): void;
};

/** See the file's sentence. */
export class RoomSession implements Room {
  readonly roomId: string;
  readonly state = new Cell<RoomState>({ status: 'joining' });
  readonly facts = new Cell<RoomFacts>({ me: '', title: null, isCreator: false, seq: 0, reads: {} });
  readonly roster = new Cell(EMPTY_ROSTER);
  readonly timeline = new Cell<readonly Message[]>([]);
  readonly events = new Emitter<RoomEvent>();
  readonly #deps: RoomDeps;
  readonly #messages: Timeline;
  readonly #replay: Replay;
  readonly #joining: Joining;
  /** The connection the room listens to. During a hand-over the one that it joins on is another. */
  #link: Link | null = null;
  hasOlder = true;
  readonly #signals: RoomSignals;
  readonly #waits: Waits;
  readonly #standing: StandingRequests;

  constructor(deps: RoomDeps) {
    this.#deps = deps;
    this.roomId = deps.roomId;
    this.#messages = new Timeline(deps.keepMessages);
    this.#signals = new RoomSignals(deps.roomId, deps.clock);
    this.#waits = new Waits(deps);
    this.#standing = new StandingRequests(this.#waits, deps);
    this.#joining = new Joining(this.#waits, {
      payload: () => this.#joinPayload(),
      joined: (link, joined) => this.#joined(link, joined),
      refused: (error) => this.#end({ status: 'refused', error }),
      unauthorized: deps.unauthorized,
    });
    this.#replay = new Replay(this.#messages, {
      page: (query) => this.#page(this.#link, query),
      pause: (attempt, retryAfterMs) => this.#waits.backOff(attempt, retryAfterMs),
      deliver: (message) => this.#deliver(message),
      gap: (reason) => this.#gap(reason),
      caughtUp: () => this.#caughtUp(),
      denied: () => this.#end({ status: 'left', reason: 'expired' }),
    });
  }

  get pending() {
    return this.#deps.sender.pending;
  }

  get stats(): RoomStats {
    return { position: this.#replay.position ?? null, ...this.#replay.counts };
  }

  get hasEnded(): boolean {
    return this.state.value.status === 'left' || this.state.value.status === 'refused';
  }

  /** Whether the room waits for an answer, or has one, on this connection. */
  isOn(link: Link): boolean {
    return this.#joining.isOn(link);
  }

  /** Whether everything is here, on this connection. */
  isLiveOn(link: Link): boolean {
    return this.#link === link && this.state.value.status === 'live';
  }

  gaps(): Gap[] {
    return this.#messages.gaps();
  }

  send(text: string, options: { deadlineMs?: number } = {}): Outgoing {
    const outgoing = this.#deps.sender.send(text, options.deadlineMs);
    if (this.hasEnded) this.#deps.sender.failAll(failure('LEFT'));
    return outgoing;
  }

  /** Joins on `link`. Until it answers, the room goes on listening to the connection it had. */
  attach(link: Link): void {
    this.#joining.ask(link);
  }

  /** The connection has ended. */
  detach(link: Link): void {
    this.#joining.forget(link);
    if (this.#link !== link) return;
    this.#link = null;
    this.#replay.stop();
    this.#deps.sender.pause();
    if (!this.hasEnded) this.state.set({ status: 'joining' });
  }

  /** An event for this room. Only the connection the room is joined on counts. */
  event(link: Link, type: string, payload: unknown): void {
    if (link !== this.#link || this.hasEnded) return;
    const handle = this.#handlers.get(type);
    if (handle) handle(payload);
    else if (isLogType(type) && decodePlace(payload)) this.#entry(payload, null);
    else if (isCustomEventName(type)) this.#emit({ type: 'custom', name: type, payload });
  }

  async loadOlder({ limit = LIMITS.pageDefault, deadlineMs }: { limit?: number; deadlineMs?: number } = {}) {
    const oldest = this.timeline.value[0];
    const query = { limit, ...(oldest ? { before: oldest.id } : {}) };
    const result = await this.#page(this.#link, query, deadlineMs);
    if (!result.ok) throw new ClientError(result.error);
    // What lies beyond our place comes by itself, in order.
    this.#messages.addOlder(result.data.messages.filter(({ seq }) => seq <= this.#replay.seq));
    this.hasOlder = result.data.hasMore;
    this.timeline.set(this.#messages.messages);
  }

  typing(): void {
    this.#signals.typing(this.#link);
  }

  markRead(seq: number): void {
    this.#signals.markRead(this.#link, seq);
  }

  async remove(userId: string, { deadlineMs }: { deadlineMs?: number } = {}): Promise<void> {
    if (this.hasEnded) throw new ClientError(failure('LEFT'));
    await this.#standing.ask(this.#link, { type: 'remove', payload: { roomId: this.roomId, userId } }, deadlineMs);
    this.roster.set(withoutMember(this.roster.value, userId));
  }

  async leave({ deadlineMs }: { deadlineMs?: number } = {}): Promise<void> {
    if (this.hasEnded) return;
    await this.#standing.ask(this.#link, { type: 'leave', payload: { roomId: this.roomId } }, deadlineMs);
    this.#end({ status: 'left', reason: 'left' });
  }

  /** Ends the room on this side, whatever the server thinks of it. */
  close(error: Failure): void {
    this.#waits.cancelAll();
    this.#joining.forget(null);
    this.#standing.settle({ ok: false, error });
    this.#replay.stop();
    this.#deps.sender.close();
    if (!this.hasEnded) this.state.set({ status: 'refused', error });
  }

  readonly #handlers: ReadonlyMap<string, (payload: unknown) => void> = new Map([
    ['msg', (payload) => this.#entry(payload, decodeMessage(payload))],
    ['resync', (payload) => this.#resync(payload)],
    ['left', (payload) => this.#left(stringField(payload, 'reason'))],
    ...ROSTER_EVENTS.map((type) => [type, (payload: unknown) => this.#roster(type, payload)] as const),
    ['reads', (payload) => this.#reads(isFields(payload) ? decodeReads(payload.positions) : {})],
    ['typing', (payload) => this.#emit({ type: 'typing', userId: stringField(payload, 'userId') ?? '' })],
  ]);

  #joinPayload(): Record<string, unknown> {
    const { invite } = this.#deps;
    const after = this.#replay.position;
    return {
      roomId: this.roomId,
      ...this.#deps.credentials(),
      ...(invite === undefined ? {} : { invite }),
      ...(after === undefined ? {} : { after }),
    };
  }

  #joined(link: Link, joined: Joined): void {
    this.#link = link;
    const { me, title, isCreator = false, seq, reads } = joined;
    this.facts.set({ me, title, isCreator, seq, reads });
    this.roster.set(replaceRoster(joined) ?? this.roster.value);
    // The application meets its own pending messages in the list before anything that replay delivers.
    this.state.set({ status: 'catching-up' });
    this.#deps.changed(this, joined);
    this.#replay.start(joined);
    const read = Object.hasOwn(joined.reads, joined.me) ? joined.reads[joined.me] : undefined;
    this.#signals.joined(link, read ?? 0);
    this.#standing.askAgain(link);
  }

  #caughtUp(): void {
    const link = this.#link;
    if (!link || this.hasEnded) return;
    this.#deps.sender.reached(this.#replay.seq);
    if (this.timeline.value !== this.#messages.messages) this.timeline.set(this.#messages.messages);
    if (this.state.value.status === 'live') return;
    this.state.set({ status: 'live' });
    const position = () => this.#replay.position ?? '';
    this.#deps.sender.resume({ link, me: this.facts.value.me, position, seq: () => this.#replay.seq });
    this.#deps.changed(this);
  }

  #entry(payload: unknown, message: Message | null): void {
    const place = decodePlace(payload);
    if (place) this.#replay.live({ ...place, message });
  }

  #deliver(message: Message): void {
    if (message.from === this.facts.value.me && message.clientMsgId) this.#deps.sender.arrived(message);
    this.timeline.set(this.#messages.messages);
    this.#emit({ type: 'message', message });
    this.#deps.sender.reached(message.seq);
  }

  #resync(payload: unknown): void {
    const seq = integerField(payload, 'seq');
    const position = stringField(payload, 'position');
    if (seq === undefined || position === undefined) return;
    const reason = stringField(payload, 'reason') === 'history_lost' ? 'history_lost' : 'log_too_short';
    this.#deps.sender.pause();
    this.state.set({ status: 'catching-up' });
    this.#replay.resync(reason, { seq, position });
  }

  #gap(reason: GapReason): void {
    this.timeline.set(this.#messages.messages);
    this.#emit({ type: 'gap', reason });
  }

  #roster(type: string, payload: unknown): void {
    const changed = changeRoster(this.roster.value, type, payload);
    if (changed !== this.roster.value) this.roster.set(changed);
  }

  #reads(positions: Record<string, number>): void {
    this.facts.set({ ...this.facts.value, reads: { ...this.facts.value.reads, ...positions } });
  }

  #left(reason: string | undefined): void {
    const known = reason === 'expired' || reason === 'removed' || reason === 'gone' ? reason : 'left';
    this.#end({ status: 'left', reason: known });
  }

  #end(state: Extract<RoomState, { status: 'left' | 'refused' }>): void {
    if (this.hasEnded) return;
    this.#replay.stop();
    this.state.set(state);
    this.#deps.sender.failAll(state.status === 'refused' ? state.error : failure('LEFT'));
    this.#waits.cancelAll();
    this.#joining.forget(null);
    this.#standing.settle({ ok: true, data: {} }, 'leave');
    this.#standing.settle({ ok: false, error: failure('LEFT') });
    this.#deps.changed(this);
  }

  async #page(link: Link | null, query: PageQuery, deadlineMs?: number) {
    if (!link) return { ok: false, error: failure('CONNECTION_LOST') } as const;
    const payload = { roomId: this.roomId, ...query };
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    return typedResult(await link.request({ type: 'history', payload, ...deadline }), decodePage);
  }

  #emit(event: RoomEvent): void {
    this.#deps.tap(event);
    this.events.emit(event);
  }
}
