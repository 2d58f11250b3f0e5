/** The client library's front: one user, one connection, any number of rooms. */
import { isJwt, type Joined } from '@c2c/server/protocol';
import type { Client, ClientState } from './client-contract.ts';
import { ConnectionMeter } from './connection-meter.ts';
import { Connector, type ConnectorStatus } from './connector.ts';
import { integerField, stringField } from './decode.ts';
import { createDoors } from './doors.ts';
import { ClientError, type Failure, failure } from './failure.ts';
import { Link, type LinkListener } from './link.ts';
import { Cell } from './observable.ts';
import { type ClientOptions, readOptions, type Settings } from './options.ts';
import { Outbox } from './outbox.ts';
import type { Room } from './room.ts';
import { RoomSession } from './room-session.ts';
import { Sender } from './sender.ts';
import { joinAgainOn, renewInTime } from './token-renewal.ts';

export type { Message } from '@c2c/server/protocol';
export type { Backoff } from './backoff.ts';
export type { Client, ClientState } from './client-contract.ts';
export type { ConnectionFacts } from './connection-meter.ts';
export { ClientError, type ClientErrorCode, type Failure } from './failure.ts';
export type { CallWait } from './http-call.ts';
export type { Observable, Stream, Unsubscribe } from './observable.ts';
export type { ClientOptions, ClientTimes, TapRecord } from './options.ts';
export { createMemoryStorage, type OutboxEntry, type OutboxStorage } from './outbox.ts';
export type { Outgoing, OutgoingState, SendOutcome } from './outgoing.ts';
export type { Clock, WebSocketConstructor } from './platform.ts';
export type { GapReason } from './replay.ts';
export {
  type CallOptions,
  createRestClient,
  type Me,
  type OwnRoom,
  type RestClient,
  type RestOptions,
  type RoomCreated,
  type RoomWishes,
} from './rest.ts';
export type { Room, RoomEvent, RoomFacts, RoomState, RoomStats } from './room.ts';
export type { RosterView } from './roster.ts';
export type { Gap } from './timeline.ts';
export type { Door } from './wire.ts';

/** Makes a client. It connects when its first room is opened. */
export function createClient(options: ClientOptions): Client {
  return new ChatClient(readOptions(options));
}

class ChatClient implements Client {
  readonly state = new Cell<ClientState>({ status: 'idle' });
  readonly token: Cell<string | undefined>;
  readonly me = new Cell<string | undefined>(undefined);
  readonly #meter: ConnectionMeter;
  readonly #settings: Settings;
  readonly #doors: ReturnType<typeof createDoors>;
  readonly #outbox: Outbox;
  readonly #outboxReady: Promise<void>;
  readonly #rooms = new Map<string, RoomSession>();
  readonly #connector: Connector;
  readonly #stopRenewal: () => void;
  #links = 0;
  #locale: string | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#meter = new ConnectionMeter(settings.clock);
    this.#locale = settings.locale;
    this.token = new Cell(settings.token);
    this.#doors = createDoors(settings);
    const joinAgain = () => joinAgainOn(this.#connector.latest, this.#rooms.values());
    this.#stopRenewal = renewInTime({ clock: settings.clock, token: this.token, joinAgain });
    this.#outbox = new Outbox(settings.storage, settings.outboxLimits, settings.report);
    this.#outboxReady = this.#outbox.load();
    const { clock, random, backoff, times } = settings;
    this.#connector = new Connector(
      { clock, random, backoff, stableMs: times.stableMs },
      {
        dial: (listener) => this.#dial(listener),
        opened: (link) => this.#opened(link),
        event: (link, type, payload) => this.#event(link, type, payload),
        lost: (link, instead) => this.#lost(link, instead),
        failed: () => this.#doors.policy.failed(),
        refused: (error) => this.#refused(error),
        status: () => this.#showState(),
      },
    );
  }

  get connection() {
    return this.#meter.facts;
  }

  measure(): Promise<void> {
    return this.#meter.measure(this.#connector.latest);
  }

  room(roomId: string, options: { invite?: string } = {}): Room {
    const known = this.#rooms.get(roomId);
    if (known) return known;
    const room = this.#createRoom(roomId, options.invite);
    if (this.#isOver()) {
      room.close(failure('CLOSED'));
      return room;
    }
    this.#rooms.set(roomId, room);
    this.#connector.want(true);
    const link = this.#connector.latest;
    if (link) this.#joinOn(link);
    this.#showState();
    return room;
  }

  join(roomId: string, options: { invite?: string; deadlineMs?: number } = {}): Promise<Room> {
    const room = this.room(roomId, options);
    const { clock, times } = this.#settings;
    return new Promise((resolve, reject) => {
      const settle = (error: Failure | null) => {
        cancel();
        stop();
        if (error) reject(new ClientError(error));
        else resolve(room);
      };
      const look = () => {
        const { value } = room.state;
        if (value.status === 'refused') settle(value.error);
        else if (value.status === 'left') settle(failure('LEFT'));
        else if (value.status !== 'joining') settle(null);
      };
      const cancel = clock.after(options.deadlineMs ?? times.joinDeadlineMs, () => {
        settle(failure('TIMEOUT'));
        this.#rooms.get(roomId)?.close(failure('TIMEOUT'));
        this.#forget(room);
      });
      const stop = room.state.subscribe(look);
      look();
    });
  }

  reconnectNow(): void {
    this.#connector.reconnectNow();
  }

  setLocale(locale: string): void {
    this.#locale = locale;
  }

  setToken(token: string): void {
    this.token.set(token);
  }

  close(): void {
    for (const room of this.#rooms.values()) room.close(failure('CLOSED'));
    this.#rooms.clear();
    this.#stopRenewal();
    this.#connector.close();
  }

  #createRoom(roomId: string, invite: string | undefined): RoomSession {
    const { clock, random, backoff, newId, times, keepMessages, tap } = this.#settings;
    const unauthorized = (error: Failure) => this.#connector.refuse(error);
    const sender = new Sender({
      ...{ roomId, clock, random, backoff, newId, unauthorized },
      outbox: this.#outbox,
      sendDeadlineMs: times.sendDeadlineMs,
    });
    void this.#outboxReady.then(() => sender.restore());
    return new RoomSession({
      ...{ roomId, invite, clock, random, backoff, keepMessages, sender, unauthorized },
      requestTimeoutMs: times.requestTimeoutMs,
      credentials: () => this.#credentials(),
      changed: (room, joined) => this.#roomChanged(room, joined),
      tap: (event) => tap?.({ layer: 'app', roomId, event }),
    });
  }

  #dial(listener: LinkListener): Link {
    const { url, clock, times, tap } = this.#settings;
    const door = this.#doors.policy.choose();
    const token = this.token.value;
    this.#links += 1;
    const locale = this.#locale;
    return new Link(
      {
        number: this.#links,
        door,
        open: this.#doors.open[door],
        // A guest's name goes into the first join, so that its answer brings the token.
        target: { url, ...(token && isJwt(token) ? { token } : {}), ...(locale ? { locale } : {}) },
        clock,
        times,
        tap: tap && ((record) => tap({ layer: 'wire', ...record })),
      },
      listener,
    );
  }

  #credentials(): { token?: string; locale?: string } {
    const token = this.token.value ?? this.#settings.name;
    return { ...(token === undefined ? {} : { token }), ...(this.#locale ? { locale: this.#locale } : {}) };
  }

  #opened(link: Link): void {
    this.#doors.policy.opened(link.door);
    this.#meter.opened(link);
    this.#joinOn(link);
  }

  /** Without a token only one room joins at first: its answer brings the token that the others then use. */
  #joinOn(link: Link): void {
    const open = [...this.#rooms.values()];
    const isKnown = this.token.value !== undefined;
    if (!isKnown && open.some((room) => room.isOn(link))) return;
    const waiting = open.filter((room) => !room.isOn(link));
    for (const room of isKnown ? waiting : waiting.slice(0, 1)) room.attach(link);
  }

  #lost(link: Link, instead: Link | null): void {
    for (const room of this.#rooms.values()) {
      room.detach(link);
      if (instead?.isOpen && !room.isOn(instead)) room.attach(instead);
    }
    this.#showState();
  }

  #event(link: Link, type: string, payload: unknown): void {
    if (type === 'drain') {
      this.#connector.drain(link, integerField(payload, 'reconnectInMs') ?? 0);
      return;
    }
    this.#rooms.get(stringField(payload, 'roomId') ?? '')?.event(link, type, payload);
  }

  #roomChanged(room: RoomSession, joined: Joined | undefined): void {
    if (joined && joined.me !== this.me.value) this.me.set(joined.me);
    if (joined?.token !== undefined) this.token.set(joined.token);
    if (room.hasEnded) this.#forget(room);
    const link = this.#connector.latest;
    if (link) {
      this.#joinOn(link);
      if ([...this.#rooms.values()].every((each) => each.isLiveOn(link))) this.#connector.settled(link);
    }
    this.#showState();
  }

  #forget(room: Room): void {
    if (this.#rooms.get(room.roomId) === room) this.#rooms.delete(room.roomId);
    if (this.#rooms.size === 0) this.#connector.want(false);
  }

  /** True to go on as somebody who claims the name anew. */
  #refused(error: Failure): boolean {
    const { reclaim, name } = this.#settings;
    if (error.code === 'SESSION_EXPIRED' && reclaim && name !== undefined && this.token.value !== undefined) {
      this.token.set(undefined);
      return true;
    }
    this.#stopRenewal();
    const rooms = [...this.#rooms.values()];
    this.#rooms.clear();
    for (const room of rooms) room.close(error);
    return false;
  }

  #isOver(): boolean {
    const { status } = this.#connector.status;
    return status === 'closed' || status === 'refused';
  }

  #showState(): void {
    const next = this.#stateOf(this.#connector.status);
    const isSame = JSON.stringify(next) === JSON.stringify(this.state.value);
    if (!isSame) this.state.set(next);
  }

  #stateOf(status: ConnectorStatus): ClientState {
    if (status.status !== 'open') return status;
    const isLive = [...this.#rooms.values()].every(({ state }) => state.value.status === 'live');
    return { status: isLive ? 'live' : 'catching-up' };
  }
}
