/** How often a connection and a user may ask for what costs something, counted in this process. */
import { ChatError } from './chat-error.ts';
import type { CountLimited, LimitName } from './limit-ports.ts';
import { KeyedBuckets, type Rate, TokenBucket } from './token-bucket.ts';

/** Of one connection: `requests` are all but messages. Of one user on this node: `joins`, and how many connections. */
export type RequestRates = Readonly<{ requests: Rate; messages: Rate; joins: Rate; connectionsPerUser: number }>;

/** The limits of a node. */
export interface RequestLimits {
  /** A connection of its own, with full buckets. */
  gate(): RequestGate;
  /** Counts one join of this user. RATE_LIMITED. */
  takeJoin(userId: string): void;
  /** One more connection of this user; each that was entered has to leave. RATE_LIMITED. */
  enter(userId: string): void;
  leave(userId: string): void;
}

/** Whoever has too many connections may close one; when that will be nobody knows. */
const SEAT_RETRY_MS = 5_000;

/** `count` is told of every refusal. */
export function createRequestLimits(
  rates: RequestRates,
  count: CountLimited,
  nowMs: () => number = () => performance.now(),
): RequestLimits {
  const joins = new KeyedBuckets(rates.joins);
  const connections = new Map<string, number>();
  const refuse = (limit: LimitName, retryAfterMs: number): never => {
    count(limit);
    throw new ChatError('RATE_LIMITED', { retryAfterMs });
  };
  const clock = { nowMs, refuse };

  return {
    gate: () => new RequestGate(rates, clock),
    takeJoin(userId) {
      const waitMs = joins.take(userId, nowMs());
      if (waitMs > 0) refuse('joins_user', waitMs);
    },
    enter(userId) {
      const open = connections.get(userId) ?? 0;
      if (open >= rates.connectionsPerUser) refuse('connections_user', SEAT_RETRY_MS);
      connections.set(userId, open + 1);
    },
    leave(userId) {
      const open = (connections.get(userId) ?? 0) - 1;
      if (open > 0) connections.set(userId, open);
      else connections.delete(userId);
    },
  };
}

type Watch = { nowMs(): number; refuse(limit: LimitName, retryAfterMs: number): never };

/** One connection's buckets. A class, not closures: there are as many of these as connections. */
export class RequestGate {
  readonly #watch: Watch;
  readonly #requests: TokenBucket;
  readonly #messages: TokenBucket;

  constructor({ requests, messages }: RequestRates, watch: Watch) {
    this.#watch = watch;
    this.#requests = new TokenBucket(requests, watch.nowMs());
    this.#messages = new TokenBucket(messages, watch.nowMs());
  }

  /** Passes, or throws RATE_LIMITED with the time until the next request of this name may come. */
  take(name: string): void {
    const waitMs = this.#bucketOf(name).take(this.#watch.nowMs());
    if (waitMs > 0) this.#watch.refuse(name === 'msg' ? 'messages_connection' : 'requests_connection', waitMs);
  }

  /** The request cost nothing after all: Redis was away. */
  giveBack(name: string): void {
    this.#bucketOf(name).giveBack();
  }

  #bucketOf(name: string): TokenBucket {
    return name === 'msg' ? this.#messages : this.#requests;
  }
}
