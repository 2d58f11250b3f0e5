/** From key press to the other client: how long a message takes through the cluster when it is idle. Prints, never judges. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from '../test/support/cluster.ts';
import { createRoom } from '../test/support/rest.ts';
import { connectClient, type TestClient } from '../test/support/test-client.ts';
import type { Door } from '../test/support/wire.ts';

/** `url` is a running cluster; `messages` are sent for each pair of doors. */
export type LatencyOptions = { url: string | undefined; messages: number };

type Place = { title: string; from: string; to: string };
const DOORS: readonly Door[] = ['socketio', 'websocket'];
const WARM_UP = 50;
/** Slower than the fan-out window, as people are: a message that follows another one within it waits for its end. */
const PAUSE_MS = 25;

/** Measures every pair of doors, one message at a time, and prints a table. */
export async function latency({ url, messages }: LatencyOptions): Promise<void> {
  if (url !== undefined) return measureAll({ title: url, from: url, to: url }, messages);
  const cluster = await startCluster({ nodes: 2 });
  try {
    const [from = '', to = ''] = cluster.urls;
    await measureAll({ title: 'from one node to another, without nginx', from, to }, messages);
  } finally {
    await cluster.stop();
  }
}

async function measureAll(place: Place, messages: number): Promise<void> {
  console.log(`key press → other client, ${place.title}, ${messages} messages one at a time (ms)`);
  console.log('from → to                 p50      p99      max');
  for (const sender of DOORS) {
    for (const receiver of DOORS) {
      const times = await measure(place, { sender, receiver, messages });
      const cells = [quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1)];
      const row = cells.map((ms) => ms.toFixed(2).padStart(9)).join('');
      console.log(`${`${sender} → ${receiver}`.padEnd(22)}${row}`);
    }
  }
}

type Pair = { sender: Door; receiver: Door; messages: number };

async function measure({ from, to }: Place, { sender, receiver, messages }: Pair): Promise<number[]> {
  const suffix = randomBytes(4).toString('hex');
  const { roomId, token } = await createRoom(from, `bench ${suffix}`);
  const typing = await connectClient({ url: from, door: sender, token });
  const reading = await connectClient({ url: to, door: receiver, token: `reader ${suffix}` });
  await typing.join(roomId);
  await reading.join(roomId);
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + messages; n++) {
    times.push(await once(typing, reading, { roomId, text: `${n} 안녕` }));
    await delay(PAUSE_MS);
  }
  await typing.leave(roomId);
  await reading.leave(roomId);
  typing.close();
  reading.close();
  return times.slice(WARM_UP).sort((a, b) => a - b);
}

/** Until the reader's application has it; the next one waits for the acknowledgement too. */
async function once(typing: TestClient, reading: TestClient, { roomId, text }: { roomId: string; text: string }) {
  const pressedMs = performance.now();
  const seen = reading.until(() => reading.messages(roomId).at(-1)?.text === text).then(() => performance.now());
  await typing.send(roomId, text);
  return (await seen) - pressedMs;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
