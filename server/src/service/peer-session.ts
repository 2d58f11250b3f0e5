/** One connection from its first token to its end: who it is, which rooms it joins, what it asks. */
import { type Answer, isJwt, type Joined, LIMITS, type Locale, rosterView, type WireError } from '../protocol/index.ts';
import { type Backlog, createBacklog } from './backlog.ts';
import { ChatError, invalidField } from './chat-error.ts';
import { claimSession } from './claim-session.ts';
import { type Commands, parseJoin } from './commands.ts';
import type { ServiceDeps } from './deps.ts';
import type { ErrorWriter, NegotiateLocale, Quota } from './edge-ports.ts';
import type { Peer, PeerSession } from './gateway.ts';
import { joinRoom } from './join-room.ts';
import type { Admitted, Outlet } from './live-ports.ts';
import type { Failures, Identity, OpenConnection, PresenceWatch } from './ports.ts';
import { isReservedRoomId, randomSid } from './random-ids.ts';
import type { RequestGate, RequestLimits } from './request-limits.ts';

export type PeerSessionDeps = ServiceDeps & {
  commands: Commands;
  presence: PresenceWatch;
  errors: ErrorWriter;
  negotiateLocale: NegotiateLocale;
  failures: Failures;
  isGuestJoinOn: boolean;
  limits: RequestLimits;
  quota: Pick<Quota, 'takeName'>;
  /** How long a connection that ended counts as alive, ms. */
  closeGraceMs(): number;
};

type Reply = (answer: Answer) => void;

/** What a door holds of a connection; also the outlet that fan-out writes to. */
export class NodePeerSession implements PeerSession, Outlet {
  readonly id: string;
  readonly peer: Peer;
  readonly #deps: PeerSessionDeps;
  #locale: Locale;
  #identity: Identity | null = null;
  #open: OpenConnection | null = null;
  /** A guest's token, handed out with every `joined` of this connection. */
  #newToken: string | null = null;
  /** A token, of the handshake or of a join, that Redis could not be asked about yet. */
  #waitingToken: string | null = null;
  #authenticating: Promise<void> = Promise.resolve();
  /** Joins under way by room: what follows them on this connection waits for them. */
  readonly #joins = new Map<string, Promise<void>>();
  /** The same for every attempt: a claim whose answer was lost is repeated, not made twice. */
  #guestSid: string | null = null;
  readonly #backlog: Backlog;
  readonly #gate: RequestGate;
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
    this.#backlog = createBacklog(this);
    this.#gate = deps.limits.gate();
  }

  get userId(): string {
    return this.#identity?.userId ?? '';
  }

  get sid(): string | null {
    return this.#identity?.sid ?? null;
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
      await this.#authenticate(token);
      return null;
    } catch (error) {
      return this.refusal(error);
    }
  }

  isAuthenticated(): boolean {
    return this.#identity !== null;
  }

  isWaiting(): boolean {
    return this.#identity === null && this.#waitingToken !== null;
  }

  askAgain(): void {
    if (this.#waitingToken !== null) void this.authenticate(this.#waitingToken);
  }

  request(name: string, payload: unknown, reply: Reply): void {
    const answer =
      name === 'join' ? this.#join(payload, reply) : this.#run(name, payload).then((data) => reply({ ok: true, data }));
    answer.catch((error: unknown) => {
      if (error instanceof ChatError && error.code === 'SERVICE_UNAVAILABLE') this.#gate.giveBack(name);
      reply({ ok: false, error: this.refusal(error) });
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
    if (this.#open) this.#release(this.#open);
  }

  /** One at a time: two tokens on one connection must not both win. */
  #authenticate(token: string): Promise<void> {
    const turn = this.#authenticating.then(() => this.#prove(token));
    this.#authenticating = turn.catch((error: unknown) => {
      // Nobody is sent away for good because Redis could not be asked who they are.
      const isUnasked = error instanceof ChatError && error.code === 'SERVICE_UNAVAILABLE';
      this.#waitingToken = isUnasked ? token : null;
    });
    return turn;
  }

  async #prove(token: string): Promise<void> {
    if (isJwt(token)) {
      const identity = await this.#deps.tokens.verify(token);
      if (this.#identity && this.#identity.userId !== identity.userId) throw new ChatError('FORBIDDEN');
      if (!this.#identity) await this.#enter(identity);
    } else if (!this.#identity) {
      if (!this.#deps.isGuestJoinOn) throw new ChatError('UNAUTHORIZED');
      if (this.#guestSid === null) await this.#deps.quota.takeName(this.peer.address);
      this.#guestSid ??= randomSid();
      const claimed = await claimSession(this.#deps, { name: token, field: 'token', sid: this.#guestSid });
      await this.#enter(claimed.identity);
      this.#newToken = claimed.token;
    }
    this.#waitingToken = null;
  }

  async #enter(identity: Identity): Promise<void> {
    const { limits, sessions } = this.#deps;
    limits.enter(identity.userId);
    const { pending } = await sessions.open(identity, this.id).catch((error: unknown) => {
      limits.leave(identity.userId);
      throw error;
    });
    void this.#deps.effects.apply(pending);
    const open = { ...identity, connectionId: this.id };
    if (this.#isClosed) return this.#release(open);
    this.#identity = identity;
    this.#open = open;
    this.#deps.presence.track(open, () => this.peer.close('CONNECTION_LOST'));
  }

  #release(open: OpenConnection): void {
    this.#deps.limits.leave(open.userId);
    this.#deps.presence.untrack(open);
    this.#deps.sessions
      .close(open, this.#deps.closeGraceMs())
      .catch((error: unknown) => this.#deps.failures.report('session.close', error));
  }

  async #known(): Promise<Identity> {
    await this.#authenticating;
    if (!this.#identity && this.#waitingToken !== null) await this.#authenticate(this.#waitingToken);
    if (!this.#identity) throw new ChatError('UNAUTHORIZED');
    return this.#identity;
  }

  async #run(name: string, payload: unknown): Promise<unknown> {
    const { commands } = this.#deps;
    if (!isCommandName(commands, name)) throw invalidField('t', 'unknownRequest');
    this.#gate.take(name);
    if (name === 'ping') return commands.ping({ identity: this.#identity ?? NOBODY, outlet: this }, payload);
    await this.#joinsBefore(payload);
    const identity = this.#identity ?? (await this.#known());
    const run = () => commands[name]({ identity, outlet: this }, payload);
    return name === 'history' ? this.#backlog.inTurn(run) : run();
  }

  /** What was sent after a join means the room that it joins; without a room id it may be any of them. */
  async #joinsBefore(payload: unknown): Promise<void> {
    const roomId = typeof payload === 'object' && payload !== null && 'roomId' in payload ? payload.roomId : undefined;
    await (typeof roomId === 'string' ? this.#joins.get(roomId) : Promise.all(this.#joins.values()));
  }

  async #join(payload: unknown, reply: Reply): Promise<void> {
    this.#gate.take('join');
    const join = parseJoin(payload);
    const { roomId } = join;
    if (join.locale !== undefined) this.useLocale(join.locale);
    const run = this.#admit(join, reply);
    const settled = run.catch(() => undefined);
    this.#joins.set(roomId, settled);
    await run.finally(() => {
      if (this.#joins.get(roomId) === settled) this.#joins.delete(roomId);
    });
  }

  async #admit(join: ReturnType<typeof parseJoin>, reply: Reply): Promise<void> {
    const { roomId, token, after, invite = '' } = join;
    if (token !== undefined) await this.#authenticate(token);
    const identity = await this.#known();
    this.#deps.limits.takeJoin(identity.userId);
    this.#checkRoom(roomId);
    await this.#deps.live.attach(this, {
      roomId,
      after,
      enter: async () => {
        await this.#backlog.drained();
        return joinRoom(this.#deps, identity, { roomId, invite });
      },
      admitted: (state) => reply({ ok: true, data: this.#joined(identity.userId, state) }),
    });
  }

  #checkRoom(roomId: string): void {
    if (isReservedRoomId(roomId)) throw new ChatError('ROOM_NOT_FOUND');
    const others = new Set([...this.#deps.live.roomsOf(this), ...this.#joins.keys()]);
    others.delete(roomId);
    if (others.size < LIMITS.roomsPerConnection) return;
    throw invalidField('roomId', 'tooManyRooms', LIMITS.roomsPerConnection);
  }

  #joined(me: string, { snapshot, ...past }: Admitted): Joined {
    const { roomId, title, rev, reads } = snapshot;
    const isLarge = snapshot.members.length > LIMITS.largeRoomEnter;
    const token = this.#newToken === null ? {} : { token: this.#newToken };
    const view = rosterView(snapshot, me, isLarge);
    return { roomId, title, me, ...view, rev, reads: isLarge ? {} : { ...reads }, ...past, ...token };
  }
}

function isCommandName(commands: Commands, name: string): name is keyof Commands {
  return Object.hasOwn(commands, name);
}

/** `ping` needs no identity. */
const NOBODY: Identity = { userId: '', sid: '', expiresAtMs: 0 };
