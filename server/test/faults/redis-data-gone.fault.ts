/** Redis comes back without any data: everybody is told that the room is gone, and can make a new one. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRestClient } from '@c2c/web/client';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runFault } from './support/scenario.ts';

test('a Redis that comes back empty leaves nobody in a room that is not there', async () => {
  const { figures } = await runFault({
    name: 'redis-data-gone',
    mayEnd: true,
    mayFail: true,
    async inject({ redis, admin, crowd, load, nginx }) {
      const [, folder = ''] = await admin.config('GET', 'dir').then((reply) => reply as string[]);
      await redis.kill();
      rmSync(join(folder, 'appendonlydir'), { recursive: true });
      await delay(1_000);
      await redis.start();
      const backAt = performance.now();
      const stay = () => crowd.people.filter(({ room }) => !hasEnded(room.state.value.status)).length;
      await eventually(stay, (count) => count === 0, 30_000);
      const toldS = Math.round(performance.now() - backAt) / 1_000;
      load.pause();

      const { roomId } = await createRestClient({ url: nginx.url }).createRoom('new host');
      const joins = crowd.people.map(({ client }) => client.join(roomId, { deadlineMs: 20_000 }));
      const rooms = await Promise.all(joins);
      await rooms[0]?.send('here we go again').settled;
      const hears = () => rooms.filter((room) => room.timeline.value.at(-1)?.text === 'here we go again').length;
      await eventually(hears, (count) => count === rooms.length, 10_000);
      return { 'everybody told after its return, s': toldS, 'in the new room': rooms.length };
    },
  });
  expect(figures['in the new room']).toBe(24);
});

function hasEnded(status: string): boolean {
  return status === 'left' || status === 'refused';
}
