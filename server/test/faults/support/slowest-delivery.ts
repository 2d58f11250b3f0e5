/** How late the latest delivery was: what people see of a subscriber that is deaf. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';

const AFTER_MS = 1_000;

/** The latest delivery, in ms, of what was sent since `from` (on the clock of `performance.now`), and has arrived a second from now. */
export async function slowestDelivery({ deliveries }: Crowd, from: number): Promise<number> {
  await delay(AFTER_MS);
  const times = deliveries.filter(({ sentAt }) => sentAt >= from).map(({ tookMs }) => tookMs);
  return Math.round(times.reduce((longest, tookMs) => Math.max(longest, tookMs), 0));
}
