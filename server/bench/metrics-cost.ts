/** What counting costs on the way of a message: nanoseconds of each call that the hot path makes, and of one page. */

import { messageFrame } from '../src/fanout/frame.ts';
import { commandObserver, fanoutMeter, httpMeter, meteredRooms } from '../src/meters.ts';
import { createMetrics } from '../src/ops/metrics.ts';
import type { RoomStore } from '../src/service/ports.ts';

const ROUNDS = 9;
const CALLS = 100_000;
const PAGES = 50;
const CONNECTIONS = 10_000;

const published = (text: string) =>
  Buffer.from(
    `{"type":"msg","roomId":"abc12345","seq":7,"id":"e1.00000001-7","from":"mina","text":"${text}",` +
      `"timestamp":"${new Date().toISOString()}","clientMsgId":"0d6d3c5e-9f0b-4c3b-8a47-0f2f0f4f9a10"}`,
  );

/** Measures each call by itself, in a loop, and prints a table. */
export async function metricsCost(): Promise<void> {
  const metrics = createMetrics({ nodeId: 'n1' });
  const fanout = fanoutMeter(metrics);
  const observe = commandObserver(metrics);
  const sent = { id: 'e1.00000001-7', timestamp: '', duplicate: false };
  const plain = { append: async () => sent } as unknown as RoomStore;
  const metered = meteredRooms(plain, metrics);
  const draft = {} as Parameters<RoomStore['append']>[0];
  const frames = [messageFrame(published('안녕하세요, 오늘 저녁에 만날까요?'))];

  const loop = await nsOf(() => undefined);
  const figures: Record<string, number> = {
    'a flush (batch, deliveries, every 16th latency)': (await nsOf(() => fanout.flushed(frames, 100))) - loop,
    'a Redis command': (await nsOf(() => observe('append_message', 0.0007, 'ok'))) - loop,
    'a send, beyond what it does': (await nsOf(() => metered.append(draft))) - (await nsOf(() => plain.append(draft))),
    'a join': (await nsOf(() => fanout.joined('joined', 0.002))) - loop,
  };
  for (const [what, ns] of Object.entries(figures)) console.log(`${String(Math.round(ns)).padStart(8)} ns  ${what}`);
  console.log(`${(await msOfPage(metrics)).toFixed(1).padStart(8)} ms  a page with ${CONNECTIONS} connections`);
  metrics.close();
}

async function nsOf(call: () => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    for (let i = 0; i < CALLS; i++) await call();
    rounds.push(((performance.now() - startedMs) * 1e6) / CALLS);
  }
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

async function msOfPage(metrics: ReturnType<typeof createMetrics>): Promise<number> {
  const connections = Array.from({ length: CONNECTIONS }, (_, n) => ({ userId: `user ${n}`, pendingBytes: 0 }));
  const report = async () => ({ ok: true, checks: [] });
  const { render } = httpMeter(metrics, {
    breakers: () => ({ commands: false, send: false }),
    isSubscriberAlive: () => true,
    oldestGapMs: () => 0,
    isPresenceFrozen: () => false,
    readiness: { report, latest: report },
    catalogueSource: () => 'bundled',
    connections: () => connections,
  });
  const startedMs = performance.now();
  for (let i = 0; i < PAGES; i++) await render();
  return (performance.now() - startedMs) / PAGES;
}
