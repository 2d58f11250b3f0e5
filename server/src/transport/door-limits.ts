/** Who is let in: asked at every handshake on both doors before anything is spent on it, and at every REST request. */
import type { IncomingMessage } from 'node:http';
import { ChatError } from '../service/chat-error.ts';
import type { CountLimited } from '../service/limit-ports.ts';
import { KeyedBuckets, TokenBucket } from '../service/token-bucket.ts';
import { parseAddressList } from './address-list.ts';
import { createClientAddress, networkOf } from './client-address.ts';
import { createOriginRule } from './origins.ts';
import { createSeats } from './seats.ts';

/** Why a handshake is refused, and when to come again. */
export type Refusal = {
  code: 'DRAINING' | 'OVERLOADED' | 'RATE_LIMITED' | 'FORBIDDEN';
  retryAfterMs?: number;
};

/** The part of the configuration that is read here, under the names of the environment. */
export type DoorLimitsSettings = Readonly<{
  PUBLIC_URL: string;
  CORS_ORIGINS: string;
  TRUSTED_PROXIES: string;
  TRUSTED_LOAD_ADDRESSES: string;
  /** Handshakes of one address, a second and at once; and how many connections it may hold. */
  HANDSHAKE_RATE: number;
  HANDSHAKE_BURST: number;
  CONNECTIONS_PER_ADDRESS: number;
  /** Handshakes and connections of this node. */
  ADMIT_RATE: number;
  ADMIT_BURST: number;
  MAX_CONNECTIONS: number;
  /** REST requests of one address. */
  HTTP_RATE: number;
  HTTP_BURST: number;
}>;

export type DoorLimitsDeps = {
  settings: DoorLimitsSettings;
  /** What the node as a whole says: it is leaving, or late. */
  gate(): Refusal | null;
  count: CountLimited;
  /** Tells whoever runs this of a setting that is probably wrong. */
  warn(text: string): void;
  nowMs?: () => number;
};

/** The limits of one node by address. */
export type DoorLimits = ReturnType<typeof createDoorLimits>;

/** Whoever holds too many connections has to close some first. */
const SEAT_RETRY_MS = 5_000;

/** Clients that are turned away together must not come back together. */
const spreadMs = (): number => Math.round(1_000 + Math.random() * 2_000);

/** Counts from now on; holds no timer. */
export function createDoorLimits(deps: DoorLimitsDeps) {
  const { settings, gate, count, nowMs = () => performance.now() } = deps;
  const origins = createOriginRule(settings);
  const isExempt = parseAddressList('TRUSTED_LOAD_ADDRESSES', settings.TRUSTED_LOAD_ADDRESSES);
  const warn = warnOnce(deps.warn);
  const addressOf = createClientAddress(settings.TRUSTED_PROXIES, (peer) => {
    warn(peer);
    // Whoever comes through it comes from elsewhere: what is said of programs on the proxy's machine is not meant for them.
    return isExempt(peer) ? `proxy ${peer}` : peer;
  });
  const keyOf = (address: string): string | null => (isExempt(address) ? null : networkOf(address));

  const handshakes = new KeyedBuckets({ perSecond: settings.HANDSHAKE_RATE, burst: settings.HANDSHAKE_BURST });
  const requests = new KeyedBuckets({ perSecond: settings.HTTP_RATE, burst: settings.HTTP_BURST });
  const capacity = new TokenBucket({ perSecond: settings.ADMIT_RATE, burst: settings.ADMIT_BURST });
  const seats = createSeats();

  /** An address pays for each attempt: one that only knocks must not use up what others need. */
  function judgeAddress(key: string | null): Refusal | null {
    if (key === null) return null;
    const waitMs = handshakes.take(key, nowMs());
    if (waitMs > 0) {
      count('handshakes_address');
      return { code: 'RATE_LIMITED', retryAfterMs: waitMs };
    }
    if (seats.of(key) < settings.CONNECTIONS_PER_ADDRESS) return null;
    count('connections_address');
    return { code: 'RATE_LIMITED', retryAfterMs: SEAT_RETRY_MS };
  }

  function judgeCapacity(): Refusal | null {
    const isFull = seats.total() >= settings.MAX_CONNECTIONS || capacity.take(nowMs()) > 0;
    return isFull ? { code: 'OVERLOADED', retryAfterMs: spreadMs() } : null;
  }

  return {
    addressOf,
    /** Who an address stands for where it is counted: itself, or its /64; null where it is not counted. */
    keyOf,
    /** Whether the page behind a request may use the doors. Asked of polls and upgrades of a running session too. */
    accepts: origins.accepts,
    /** Asked once for each handshake; null lets it in. */
    admit(request: IncomingMessage): Refusal | null {
      return gate() ?? judgeAddress(keyOf(addressOf(request))) ?? judgeCapacity();
    },
    /** Counts one REST request. RATE_LIMITED. */
    takeRequest(address: string): void {
      const key = keyOf(address);
      const waitMs = key === null ? 0 : requests.take(key, nowMs());
      if (waitMs === 0) return;
      count('requests_address');
      throw new ChatError('RATE_LIMITED', { retryAfterMs: waitMs });
    },
    /** A connection of this address was opened … */
    opened: (address: string) => seats.take(keyOf(address)),
    /** … and has ended. */
    closed: (address: string) => seats.free(keyOf(address)),
  };
}

/** A proxy that is not trusted makes all its clients one address: whoever runs this must hear of it. */
function warnOnce(warn: (text: string) => void): (address: string) => void {
  let hasWarned = false;
  return (address) => {
    if (hasWarned) return;
    hasWarned = true;
    warn(`${address} sends X-Forwarded-For and is not in TRUSTED_PROXIES: limits count all its clients as one address`);
  };
}
