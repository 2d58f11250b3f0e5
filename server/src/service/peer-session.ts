/** One connection from its first byte to its end: which rooms it joins, what it asks, how it is told that it is over. */
import {
  type Answer,
  type CloseReason,
  type Joined,
  LIMITS,
  type Locale,
  rosterView,
  type WireError,
} from '../protocol/index.ts';
import { drained, PageQueue } from './backlog.ts';
import { ChatError, invalidField } from './chat-error.ts';
import { type Commands, parseJoin } from './commands.ts';
import { creatorSidOf } from './creator.ts';
import type { ErrorWriter, NegotiateLocale } from './edge-ports.ts';
import { refuseEvenly } from './even-refusal.ts';
import type { Peer, PeerSession } from './gateway.ts';
import { RoomEntrance } from './join-room.ts';
import type { Admitted, Outlet } from './live-ports.ts';
import { isTokenRefused, PeerIdentity, type PeerIdentityDeps } from './peer-identity.ts';
import type { Identity, LostReason } from './ports.ts';
import { isReservedRoomId } from './random-ids.ts';
import type { RequestGate } from './request-limits.ts';

/** What every connection of a node shares. */
export type PeerSessionDeps = PeerIdentityDeps & {
  commands: Commands;
  errors: ErrorWriter;
  negotiateLocale: NegotiateLocale;
};

type Reply = (answer: Answer) => void;

/** What a door holds of a connection; also the outlet that fan-out writes to. */
export class NodePeerSession implements PeerSession, Outlet {
  readonly id: string;
  readonly peer: Peer;
  readonly #deps: PeerSessionDeps;
  #locale: Locale;
  readonly #who: PeerIdentity;
  /** Joins under way by room, where there are any: what follows them on this connection waits for them. */
  #joins: Map<string, Promise<void>> | null = null;
  #pages: PageQueue | null = null;
  readonly #gate: RequestGate;
  /** Set once a stranger's token was refused: the answer to that is the last thing they get. */
  #refusal: CloseReason | null = null;
  #isClosed = false;
  readonly #onClosed: (session: NodePeerSession) => void;

  constructor(
    peer: Peer,
    deps: PeerSessionDeps,
    life: { locale: string | undefined; onClosed(session: NodePeerSession): void },
  ) {
    this.id = peer.id;
    this.peer = peer;
    this.#deps = deps;
    this.#locale = deps.negotiateLocale(life.locale);
    this.#onClosed = life.onClosed;
    this.#gate = deps.limits.gate();
    this.#who = new PeerIdentity(peer, deps, this);
  }

  get userId(): string {
    return this.#who.current?.userId ?? '';
  }

  get sid(): string | null {
    return this.#who.current?.sid ?? null;
  }

  deliver(batch: Parameters<Outlet['deliver']>[0]): void {
    this.peer.deliver(batch);
  }

  pendingBytes(): number {
    return this.peer.pendingBytes();
  }

  close(reason: Parameters<Outlet['close']>[0]): void {
    this.peer.close(reason);
  }

  async authenticate(token: string): Promise<WireError | null> {
    try {
      await this.#who.prove(token);
      return null;
    } catch (error) {
      return this.refusal(error);
    }
  }

  isAuthenticated(): boolean {
    return this.#who.current !== null;
  }

  isWaiting(): boolean {
    return this.#who.waitingToken !== null;
  }

  askAgain(): void {
    const token = this.#who.waitingToken;
    if (token === null) return;
    this.#prove(token).catch((error: unknown) => {
      if (this.#refusal === null) return;
      this.peer.emit('error', this.refusal(error));
      this.peer.close(this.#refusal);
    });
  }

  request(name: string, payload: unknown, reply: Reply): void {
    const answer =
      name === 'join' ? this.#join(payload, reply) : this.#run(name, payload).then((data) => reply({ ok: true, data }));
    answer.catch((error: unknown) => {
      if (error instanceof ChatError && error.code === 'SERVICE_UNAVAILABLE') this.#gate.giveBack(name);
      reply({ ok: false, error: this.refusal(error) });
      if (this.#refusal !== null) this.peer.close(this.#refusal);
    });
  }

  refusal(error: unknown): WireError {
    return this.#deps.errors.toWireError(error, this.#locale);
  }

  useLocale(raw: string): void {
    this.#locale = this.#deps.negotiateLocale(raw);
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deps.live.drop(this);
    this.#onClosed(this);
    this.#who.release();
  }

  /** Ends the connection from the inside; a session that is over is told so. */
  end(reason: LostReason): void {
    if (reason === 'SESSION_EXPIRED') this.peer.emit('error', this.refusal(new ChatError(reason)));
    this.peer.close(reason);
  }

  /** Whether the token in use is too old by now. */
  hasExpired(nowMs: number): boolean {
    return (this.#who.current?.expiresAtMs ?? Number.POSITIVE_INFINITY) <= nowMs;
  }

  async #run(name: string, payload: unknown): Promise<unknown> {
    const { commands } = this.#deps;
    if (!isCommandName(commands, name)) throw invalidField('t', 'unknownRequest');
    this.#gate.take(name);
    if (name === 'ping') return commands.ping({ identity: this.#who.current ?? NOBODY, outlet: this }, payload);
    await this.#joinsBefore(payload);
    const identity = this.#who.current ?? (await this.#who.known());
    const run = () => commands[name]({ identity, outlet: this }, payload);
    if (name !== 'history') return run();
    this.#pages ??= new PageQueue(this);
    return this.#pages.inTurn(run);
  }

  /** What was sent after a join means the room that it joins; without a room id it may be any of them. */
  async #joinsBefore(payload: unknown): Promise<void> {
    if (this.#joins === null) return;
    const roomId = typeof payload === 'object' && payload !== null && 'roomId' in payload ? payload.roomId : undefined;
    await (typeof roomId === 'string' ? this.#joins.get(roomId) : Promise.all(this.#joins.values()));
  }

  async #join(payload: unknown, reply: Reply): Promise<void> {
    this.#gate.take('join');
    const join = parseJoin(payload);
    const { roomId } = join;
    if (join.locale !== undefined) this.useLocale(join.locale);
    this.#checkRoom(roomId);
    const run = this.#admit(join, reply);
    const settled = run.catch(() => undefined);
    const joins = this.#joins ?? new Map<string, Promise<void>>();
    this.#joins = joins.set(roomId, settled);
    await run.finally(() => {
      if (joins.get(roomId) === settled) joins.delete(roomId);
      if (joins.size === 0 && this.#joins === joins) this.#joins = null;
    });
  }

  async #admit(join: ReturnType<typeof parseJoin>, reply: Reply): Promise<void> {
    const { roomId, token, after, invite = '' } = join;
    if (token !== undefined) await this.#prove(token);
    const identity = await this.#who.known();
    this.#deps.limits.takeJoin(identity.userId);
    await this.#who.refresh();
    const startMs = performance.now();
    const admission = {
      roomId,
      after,
      ready: () => drained(this),
      entrance: new RoomEntrance(this.#deps, identity, { roomId, invite }),
      admitted: (state: Admitted) => reply({ ok: true, data: this.#joined(identity, state) }),
    };
    await this.#deps.live.attach(this, admission).catch((error: unknown) => refuseEvenly(error, startMs));
  }

  async #prove(token: string): Promise<void> {
    try {
      await this.#who.prove(token);
    } catch (error) {
      if (!this.isAuthenticated() && isTokenRefused(error)) this.#refusal = error.code;
      throw error;
    }
  }

  /** Counts joins under way, or many at once would pass together. */
  #checkRoom(roomId: string): void {
    if (isReservedRoomId(roomId)) throw new ChatError('ROOM_NOT_FOUND');
    const others = new Set([...this.#deps.live.roomsOf(this), ...(this.#joins?.keys() ?? [])]);
    others.delete(roomId);
    if (others.size < LIMITS.roomsPerConnection) return;
    throw invalidField('roomId', 'tooManyRooms', LIMITS.roomsPerConnection);
  }

  #joined(identity: Identity, { snapshot, ...past }: Admitted): Joined {
    const { userId: me } = identity;
    const { roomId, title, rev, reads, creator, creatorSid } = snapshot;
    const isLarge = snapshot.members.length > LIMITS.largeRoomEnter;
    const token = this.#who.newToken === null ? {} : { token: this.#who.newToken };
    const mine = creator === me && creatorSid === creatorSidOf(identity) ? { isCreator: true as const } : {};
    const view = rosterView(snapshot, me, isLarge);
    return { roomId, title, me, ...view, rev, reads: isLarge ? {} : { ...reads }, ...past, ...mine, ...token };
  }
}

function isCommandName(commands: Commands, name: string): name is keyof Commands {
  return Object.hasOwn(commands, name);
}

/** `ping` needs no identity. */
const NOBODY: Identity = { userId: '', sid: '', expiresAtMs: 0 };
