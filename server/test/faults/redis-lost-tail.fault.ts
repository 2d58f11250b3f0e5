/** Redis comes back with an older state: what lies in the lost tail is told to everybody who may have seen it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { keepComingBack, sendSurely } from '../support/steadfast.ts';
import { connectClient } from '../support/test-client.ts';
import { runFault, type Scene } from './support/scenario.ts';

/** What is written after the copy is lost. */
const TAIL_MS = 2_000;

test('a Redis that lost its last seconds tells everybody whom that concerns', async () => {
  const { figures, verdict } = await runFault({
    name: 'redis-lost-tail',
    async inject(scene) {
      const { redis, admin, rooms, crowd, node } = scene;
      const [, folder = ''] = await admin.config('GET', 'dir').then((reply) => reply as string[]);
      const log = join(folder, 'appendonlydir');
      const copy = mkdtempSync(join(tmpdir(), 'c2c-tail-'));
      cpSync(log, copy, { recursive: true });
      const latecomer = await connectClient({ url: node('n2').url, door: 'websocket', token: 'latecomer' });
      await latecomer.join(rooms[0] ?? '');
      // A node that cannot ask Redis just then to let its people in again sends them to come back.
      const returning = keepComingBack(latecomer, rooms[0] ?? '', [node('n2').url, node('n3').url]);
      await delay(TAIL_MS);
      const before = await seqs(scene);
      await redis.kill();
      rmSync(log, { recursive: true });
      cpSync(copy, log, { recursive: true });
      rmSync(copy, { recursive: true });
      // Some come back to other nodes, with positions that only the lost tail knew.
      await node('n1').process.kill();
      await redis.start();
      const after = await seqs(scene);
      await node('n1').restart();
      await delay(3_000);
      const isMember = () => admin.sismember(`room:${rooms[0]}:members`, 'latecomer');
      await eventually(isMember, (answer) => answer === 1, 20_000);
      await sendSurely(latecomer, rooms[0] ?? '', 'my join was lost, and I am here');
      returning.stop();
      latecomer.close();
      const live = crowd.people.filter(({ room }) => room.state.value.status === 'live').length;
      const lost = rooms.reduce((sum, _, i) => sum + Math.max(0, (before[i] ?? 0) - (after[i] ?? 0)), 0);
      return { 'messages in the lost tail': lost, 'live again': live, 'lost joins made good': 1 };
    },
  });
  expect(figures['messages in the lost tail']).toBeGreaterThan(0);
  expect(verdict.resyncs).toBeGreaterThan(0);
});

async function seqs({ admin, rooms }: Scene): Promise<number[]> {
  return Promise.all(rooms.map(async (roomId) => Number(await admin.hget(`room:${roomId}:meta`, 'seq'))));
}
