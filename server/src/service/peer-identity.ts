/** Who a connection is: the token it showed, checked one at a time, kept while nobody can be asked, renewed in place. */
import { isJwt } from '../protocol/index.ts';
import { ChatError } from './chat-error.ts';
import { claimSession } from './claim-session.ts';
import type { ServiceDeps } from './deps.ts';
import type { Quota } from './edge-ports.ts';
import type { Peer } from './gateway.ts';
import type { ConnectionOwner, Failures, Identity, OpenConnection, PresenceWatch } from './ports.ts';
import { randomSid } from './random-ids.ts';
import type { RequestLimits } from './request-limits.ts';

/** What it needs to prove somebody and to keep them online. */
export type PeerIdentityDeps = ServiceDeps & {
  presence: PresenceWatch;
  failures: Failures;
  isGuestJoinOn: boolean;
  limits: RequestLimits;
  quota: Pick<Quota, 'takeName'>;
  /** How long a connection that ended counts as alive, ms. */
  closeGraceMs(): number;
};

/** Whether an error is about the token itself: showing it again will not help. */
export function isTokenRefused(error: unknown): error is ChatError & { code: 'UNAUTHORIZED' | 'SESSION_EXPIRED' } {
  return error instanceof ChatError && (error.code === 'UNAUTHORIZED' || error.code === 'SESSION_EXPIRED');
}

/** A class, not closures: there are as many of these as connections. */
export class PeerIdentity {
  readonly #peer: Pick<Peer, 'id' | 'address'>;
  readonly #deps: PeerIdentityDeps;
  readonly #owner: ConnectionOwner;
  #current: Identity | null = null;
  #open: OpenConnection | null = null;
  #newToken: string | null = null;
  /** A token, of the handshake or of a join, that could not be checked yet because somebody to be asked was away. */
  #waitingToken: string | null = null;
  /** Null where none is being checked. */
  #proving: Promise<void> | null = null;
  /** The same for every attempt: a claim whose answer was lost is repeated, not made twice. */
  #guestSid: string | null = null;
  #isReleased = false;

  /** `owner` is told where Redis says that the connection was given up, or its session is over. */
  constructor(peer: Pick<Peer, 'id' | 'address'>, deps: PeerIdentityDeps, owner: ConnectionOwner) {
    this.#peer = peer;
    this.#deps = deps;
    this.#owner = owner;
  }

  get current(): Identity | null {
    return this.#current;
  }

  /** A token that the client does not have yet: told with every `joined` of this connection. */
  get newToken(): string | null {
    return this.#newToken;
  }

  /** The token to ask about again, of somebody who is no stranger yet. */
  get waitingToken(): string | null {
    return this.#current === null ? this.#waitingToken : null;
  }

  /** One at a time: two tokens on one connection must not both win. */
  prove(token: string): Promise<void> {
    const turn = (this.#proving ?? Promise.resolve()).then(() => this.#prove(token));
    const settled = turn
      .catch((error: unknown) => {
        // Nobody is sent away for good because Redis, or an issuer, could not be asked who they are.
        const isUnasked = error instanceof ChatError && error.code === 'SERVICE_UNAVAILABLE';
        this.#waitingToken = isUnasked ? token : null;
      })
      .then(() => {
        if (this.#proving === settled) this.#proving = null;
      });
    this.#proving = settled;
    return turn;
  }

  /** Whoever has proved to be somebody, once all tokens shown so far are checked. UNAUTHORIZED. */
  async known(): Promise<Identity> {
    await this.#proving;
    if (this.waitingToken !== null) await this.prove(this.waitingToken);
    if (!this.#current) throw new ChatError('UNAUTHORIZED');
    return this.#current;
  }

  /** Signs a new token in time, so that whoever joins now and then never meets the end of theirs. */
  async refresh(): Promise<void> {
    const current = this.#current;
    if (!current || !this.#deps.tokens.isAged(current)) return;
    const { token, expiresAtMs } = await this.#deps.tokens.sign(current.userId, current.sid);
    await this.#prolong({ ...current, expiresAtMs });
    this.#newToken = token;
  }

  /** The connection has ended. Idempotent. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#open) this.#close(this.#open);
  }

  async #prove(token: string): Promise<void> {
    if (isJwt(token)) await this.#take(await this.#deps.tokens.verify(token));
    else if (!this.#current) await this.#claim(token);
    this.#waitingToken = null;
  }

  async #take(shown: Identity): Promise<void> {
    const { userId, sid, expiresAtMs } = this.#current ?? shown;
    if (shown.userId !== userId) throw new ChatError('FORBIDDEN');
    // The name is the connection's own: another session of it is over, or will never be.
    if (shown.sid !== sid) throw new ChatError('SESSION_EXPIRED');
    if (!this.#current) await this.#enter(shown);
    else if (shown.expiresAtMs > expiresAtMs) {
      await this.#prolong(shown);
      this.#newToken = null;
    }
  }

  async #claim(name: string): Promise<void> {
    if (!this.#deps.isGuestJoinOn) throw new ChatError('UNAUTHORIZED');
    if (this.#guestSid === null) await this.#deps.quota.takeName(this.#peer.address);
    this.#guestSid ??= randomSid();
    const claimed = await claimSession(this.#deps, { name, field: 'token', sid: this.#guestSid });
    await this.#enter(claimed.identity);
    this.#newToken = claimed.token;
  }

  async #enter(identity: Identity): Promise<void> {
    const { limits, sessions } = this.#deps;
    limits.enter(identity.userId);
    const { pending } = await sessions.open(identity, this.#peer.id).catch((error: unknown) => {
      limits.leave(identity.userId);
      throw error;
    });
    void this.#deps.effects.apply(pending);
    const { userId, sid, expiresAtMs, foreign } = identity;
    const proof = foreign === undefined ? {} : { foreign };
    const open: OpenConnection = { userId, sid, expiresAtMs, connectionId: this.#peer.id, ...proof };
    if (this.#isReleased) return this.#close(open);
    this.#current = open;
    this.#open = open;
    this.#deps.presence.track(open, this.#owner);
  }

  async #prolong(identity: Identity): Promise<void> {
    await this.#deps.sessions.prolong(identity);
    this.#current = identity;
  }

  #close(open: OpenConnection): void {
    this.#deps.limits.leave(open.userId);
    this.#deps.presence.untrack(open);
    this.#deps.sessions
      .close(open, this.#deps.closeGraceMs())
      .catch((error: unknown) => this.#deps.failures.report('session.close', error));
  }
}
