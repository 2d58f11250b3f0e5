/** How often a connection and a user may ask for what costs something, counted in this process. */
import { ChatError } from './chat-error.ts';
import type { CountLimited, LimitName } from './limit-ports.ts';
import { afterGivingBack, afterTaking, type FullAtMs, KeyedBuckets, type Rate, waitMsOf } from './token-bucket.ts';

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
  const watch = { rates, nowMs, refuse };

  return {
    gate: () => new RequestGate(watch),
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

type Watch = { rates: RequestRates; nowMs(): number; refuse(limit: LimitName, retryAfterMs: number): never };

/** One connection's buckets. A class, not closures: there are as many of these as connections. */
export class RequestGate {
  readonly #watch: Watch;
  #requests: FullAtMs = 0;
  #messages: FullAtMs = 0;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Passes, or throws RATE_LIMITED with the time until the next request of this name may come. */
  take(name: string): void {
    const { rates, nowMs, refuse } = this.#watch;
    const [isMessage, now] = [name === 'msg', nowMs()];
    const [rate, bucket] = isMessage ? [rates.messages, this.#messages] : [rates.requests, this.#requests];
    const waitMs = waitMsOf(rate, bucket, now);
    if (waitMs > 0) refuse(isMessage ? 'messages_connection' : 'requests_connection', waitMs);
    else if (isMessage) this.#messages = afterTaking(rate, bucket, now);
    else this.#requests = afterTaking(rate, bucket, now);
  }

  /** The request cost nothing after all: Redis was away. */
  giveBack(name: string): void {
    const { requests, messages } = this.#watch.rates;
    if (name === 'msg') this.#messages = afterGivingBack(messages, this.#messages);
    else this.#requests = afterGivingBack(requests, this.#requests);
  }
}
