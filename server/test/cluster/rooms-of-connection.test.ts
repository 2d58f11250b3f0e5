/** One connection is in at most fifty rooms; leaving one makes place for another. */
import { expect, inject, it } from 'vitest';
import { LIMITS } from '../../src/protocol/index.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import type { Door } from '../support/wire.ts';

const { urls } = inject('cluster');
const [first = '', second = ''] = urls;

it.each<Door>(['websocket', 'socketio'])('a connection on %s is in at most fifty rooms', async (door) => {
  const people = gatherPeople();
  const names = Array.from({ length: LIMITS.roomsPerConnection + 1 }, (_, i) => people.nameOf(`방장 ${i}`));
  const made = await Promise.all(names.map((name) => createRoom(first, name)));
  const [last = '', ...rest] = made.map(({ roomId }) => roomId);
  const guest = await people.connect('손님', { url: second, door });
  await Promise.all(rest.map((roomId) => guest.join(roomId)));
  await expect(guest.join(last)).rejects.toMatchObject({
    error: {
      code: 'VALIDATION_FAILED',
      details: { fields: [{ path: 'roomId', message: expect.stringContaining('50') }] },
    },
  });
  await guest.join(rest[0] ?? '');
  await guest.leave(rest[0] ?? '');
  expect((await guest.join(last)).roomId).toBe(last);
});
