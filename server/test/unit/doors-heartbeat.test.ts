import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHeartbeat, type Heartbeat, type Pulse } from '../../src/transport/websocket/heartbeat.ts';

const INTERVAL_MS = 10_000;
const failures: unknown[] = [];
let heartbeat: Heartbeat;

class Client {
  bytes = 0;
  readonly pings: string[] = [];
  readonly cuts: string[] = [];
  answers = true;
  pulse: Pulse | null = null;
  ping(mark: string): void {
    this.pings.push(mark);
    if (!this.answers) return;
    this.bytes += 6;
    this.pulse?.ponged(mark);
  }
  bytesRead = () => this.bytes;
  cut(reason: string): void {
    this.cuts.push(reason);
    this.pulse?.stop();
  }
}

function connect(): Client {
  const client = new Client();
  client.pulse = heartbeat.start(client);
  return client;
}

beforeEach(() => {
  vi.useFakeTimers();
  failures.length = 0;
  heartbeat = createHeartbeat({
    pingIntervalMs: INTERVAL_MS,
    pingTimeoutMs: 8_000,
    failures: { report: (_stage, error) => failures.push(error) },
  });
});
afterEach(() => {
  heartbeat.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  expect(failures).toEqual([]);
});

describe('the heartbeat', () => {
  it('pings each connection once an interval, counted from its own opening', () => {
    const early = connect();
    vi.advanceTimersByTime(5_000);
    const late = connect();
    vi.advanceTimersByTime(26_000);
    expect(early.pings).toHaveLength(3);
    expect(late.pings).toHaveLength(2);
    expect([...early.cuts, ...late.cuts]).toEqual([]);
  });

  it('uses one timer for all', () => {
    for (let index = 0; index < 50; index++) connect();
    expect(vi.getTimerCount()).toBe(1);
  });

  it('gives up on who has sent nothing for two intervals', () => {
    const client = connect();
    client.answers = false;
    vi.advanceTimersByTime(19_000);
    expect(client.cuts).toEqual([]);
    vi.advanceTimersByTime(1_500);
    expect(client.cuts).toEqual(['HEARTBEAT_LOST']);
  });

  it('takes any frame for a sign of life, pongs or not', () => {
    const client = connect();
    client.answers = false;
    for (let round = 0; round < 10; round++) {
      vi.advanceTimersByTime(INTERVAL_MS);
      client.bytes += 20;
      client.pulse?.seen();
    }
    expect(client.cuts).toEqual([]);
  });

  it('takes the bytes of a frame that is not complete for a sign of life', () => {
    const client = connect();
    client.answers = false;
    for (let round = 0; round < 10; round++) {
      vi.advanceTimersByTime(INTERVAL_MS);
      client.bytes += 1;
    }
    expect(client.cuts).toEqual([]);
    vi.advanceTimersByTime(4 * INTERVAL_MS + 1_000);
    expect(client.cuts).toEqual(['HEARTBEAT_LOST']);
  });

  it('cuts who does not read: events, a ping behind them, and no pong in time, whatever it sends', () => {
    const client = connect();
    client.answers = false;
    client.pulse?.delivered();
    for (let second = 0; second < 17; second++) {
      vi.advanceTimersByTime(1_000);
      client.pulse?.seen();
      client.pulse?.ponged('unsolicited');
      client.pulse?.ponged('0');
    }
    expect(client.cuts).toEqual([]);
    vi.advanceTimersByTime(2_500);
    expect(client.cuts).toEqual(['SLOW_CONSUMER']);
  });

  it('lets a late pong pass that is not too late', () => {
    const client = connect();
    client.answers = false;
    for (let round = 0; round < 5; round++) {
      client.pulse?.delivered();
      vi.advanceTimersByTime(INTERVAL_MS - 2_500);
      client.pulse?.ponged(client.pings.at(-1) ?? '');
      vi.advanceTimersByTime(2_500);
    }
    expect(client.cuts).toEqual([]);
  });

  it('does not blame clients for a pause of its own node', () => {
    const client = connect();
    client.pulse?.delivered();
    client.answers = false;
    vi.advanceTimersByTime(INTERVAL_MS);
    // A frozen process: the clock moves on, no timer runs, the pong waits in the kernel.
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(500);
    client.pulse?.ponged(client.pings.at(-1) ?? '');
    vi.advanceTimersByTime(9_000);
    expect(client.cuts).toEqual([]);
  });

  it('forgets connections that have ended', () => {
    const client = connect();
    client.pulse?.stop();
    vi.advanceTimersByTime(5 * INTERVAL_MS);
    expect(client.pings).toEqual([]);
  });
});
