/** The limits of a node as its configuration says, for the parts that keep them. */
import type { Config } from './config.ts';
import { limitMeter } from './meters.ts';
import type { Metrics } from './ops/metrics.ts';
import type { CountLimited } from './service/limit-ports.ts';
import { createRequestLimits, type RequestLimits } from './service/request-limits.ts';
import type { Rate } from './service/token-bucket.ts';
import { createRedisQuota, type QuotaOptions } from './store/redis-quota.ts';
import { createDoorLimits, type DoorLimitsDeps } from './transport/door-limits.ts';

/** A connection may send to several rooms at once: twice what its user may send to one. */
const ROOMS_AT_ONCE = 2;
/** Twice what would be granted: whoever sends more does not listen to refusals. */
const BEYOND_REASON = 2;

const requestsOf = (config: Config): Rate => ({ perSecond: config.REQUEST_RATE, burst: config.REQUEST_BURST });
const messagesOf = (config: Config): Rate => ({
  perSecond: config.MESSAGE_RATE * ROOMS_AT_ONCE,
  burst: config.MESSAGE_BURST * ROOMS_AT_ONCE,
});

type LimitsDeps = Pick<DoorLimitsDeps, 'gate' | 'warn'> & Pick<QuotaOptions, 'redis'> & { metrics: Metrics };

/** Everything that is counted: by address at the doors, by connection and user here, by address and user for all nodes. */
export function openLimits(config: Config, { redis, gate, warn, metrics }: LimitsDeps) {
  const count = limitMeter(metrics);
  const doorLimits = createDoorLimits({ settings: config, gate, count, warn });
  const quota = createRedisQuota({
    redis,
    count,
    keyOf: doorLimits.keyOf,
    roomsPerMinute: config.ROOMS_PER_MINUTE,
    roomsPerUser: config.ROOMS_PER_USER,
    namesPerMinute: config.NAMES_PER_MINUTE,
  });
  return { doorLimits, quota, requests: requestLimitsOf(config, count) };
}

function requestLimitsOf(config: Config, count: CountLimited): RequestLimits {
  const joins = { perSecond: config.JOIN_RATE, burst: config.JOIN_BURST };
  const { CONNECTIONS_PER_USER: connectionsPerUser } = config;
  return createRequestLimits(
    { requests: requestsOf(config), messages: messagesOf(config), joins, connectionsPerUser },
    count,
  );
}

/** The frames of one connection, of whatever kind. */
export function framesOf(config: Config): Rate {
  const [requests, messages] = [requestsOf(config), messagesOf(config)];
  return {
    perSecond: (requests.perSecond + messages.perSecond) * BEYOND_REASON,
    burst: (requests.burst + messages.burst) * BEYOND_REASON,
  };
}
