/** Every metric of a load test. The names are stable: dashboards and reports read them (see README.md). */
import { Counter, Trend } from 'k6/metrics';

/** Metrics that count. */
export const COUNTERS = {
  /** Messages acknowledged, and heard live, as replay after a reconnect. */
  sent: new Counter('chat_sent'),
  received: new Counter('chat_received'),
  replayed: new Counter('chat_replayed'),
  /** The ledger. */
  lost: new Counter('chat_lost'),
  duplicated: new Counter('chat_duplicated'),
  outOfOrder: new Counter('chat_out_of_order'),
  resyncs: new Counter('chat_resyncs'),
  checked: new Counter('chat_checked'),
  /** Connections: admitted with all rooms joined, ended (whoever ended them), ended by the other side unasked. */
  connected: new Counter('chat_connected'),
  closed: new Counter('chat_closed'),
  disconnects: new Counter('chat_disconnects'),
  /** What did not work. A retry is an attempt that was refused and is made again; a failure is final. */
  connectRetries: new Counter('chat_connect_retries'),
  connectFailed: new Counter('chat_connect_failed'),
  joinFailed: new Counter('chat_join_failed'),
  sendFailed: new Counter('chat_send_failed'),
  limited: new Counter('chat_limited'),
} as const;
export type CounterName = keyof typeof COUNTERS;

/** Metrics of time, in milliseconds. */
export const TIMES = {
  /** From the moment a message was meant to be sent to each live delivery. */
  latency: new Trend('chat_latency', true),
  /** From there to the answer of the send. */
  sendLatency: new Trend('chat_send_latency', true),
  /** From the moment a user was meant to arrive to the last room joined; the same after a lost connection. */
  connect: new Trend('chat_connect', true),
  reconnect: new Trend('chat_reconnect', true),
} as const;

const FLUSH_EVERY = 200;
const counts = new Map<CounterName, number>();

/** Counts in this VU; k6 is told in batches, as each sample costs it some ten microseconds. */
export function count(name: CounterName, by = 1): void {
  const sum = (counts.get(name) ?? 0) + by;
  counts.set(name, sum);
  if (sum >= FLUSH_EVERY) flush(name, sum);
}

/** Tells k6 all that was counted. */
export function flushCounts(): void {
  for (const [name, sum] of counts) if (sum > 0) flush(name, sum);
}

function flush(name: CounterName, sum: number): void {
  COUNTERS[name].add(sum);
  counts.set(name, 0);
}

const told = new Set<string>();

/** Counts a failure, and says each kind of it once a VU. */
export function complain(
  metric: 'sendFailed' | 'joinFailed' | 'connectFailed' | 'connectRetries',
  what: string,
  code?: string,
): void {
  count(metric);
  if (code === 'RATE_LIMITED') count('limited');
  if (told.has(what)) return;
  told.add(what);
  console.warn(what);
}

/** So that every counter exists from the beginning, wherever metrics are sent: what never happened is 0 and not unknown. */
export function beginCounts(): void {
  for (const counter of Object.values(COUNTERS)) counter.add(0);
}
