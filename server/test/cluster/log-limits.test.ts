/** A room's log keeps the newest 1 000 messages and at most 2 MiB; who has been away longer is told. */
import { afterAll, describe, expect, inject, it } from 'vitest';
import { LIMITS } from '../../src/protocol/index.ts';
import { openAdmin } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

const { urls, redisUrl } = inject('cluster');
const [first = '', second = '', third = ''] = urls;
const admin = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

async function roomWithAbsentGuest() {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(first, people.nameOf('방장'));
  const owner = await people.connect('방장', { url: first, door: 'websocket', token });
  await owner.join(roomId);
  const guest = await people.connect('손님', { url: second, door: 'socketio' });
  await guest.join(roomId);
  guest.close();
  await guest.until(() => !guest.isOpen);
  return { people, roomId, owner, guest };
}

describe('the log of a room', () => {
  it('keeps the newest 1 000 messages; a client from before them is told, one within them is replayed', async () => {
    const { people, roomId, owner, guest } = await roomWithAbsentGuest();
    const ids: string[] = [];
    for (let batch = 0; batch < 11; batch++) {
      const sends = Array.from({ length: 100 }, (_, index) => owner.send(roomId, `${batch * 100 + index + 1}`));
      ids.push(...(await Promise.all(sends)).map(({ id }) => id));
    }

    expect(await admin.xlen(`room:${roomId}:log`)).toBe(LIMITS.logMessages);
    await guest.connect(third);
    expect(await guest.rejoin(roomId)).toMatchObject({ recovered: false, missed: [], seq: 1_100 });
    expect(await guest.history(roomId, { after: ids[98] ?? '' })).toMatchObject({ recovered: false, messages: [] });
    expect(await guest.history(roomId, { after: ids[99] ?? '', limit: 1 })).toMatchObject({
      recovered: true,
      messages: [{ seq: 101 }],
    });
    expect(await guest.join(roomId, ids[98])).toMatchObject({ recovered: false });
    expect(await guest.join(roomId, ids[99])).toMatchObject({ recovered: true, more: true });
    await people.settle();
    expectPromiseKept(people.history, 'log of 1 000');
  });

  it('keeps at most 2 MiB', async () => {
    const { roomId, owner } = await roomWithAbsentGuest();
    for (let n = 0; n < 190; n++) await owner.send(roomId, `${n} ${'한'.repeat(3_990)}`);

    const entries = await admin.xrange(`room:${roomId}:log`, '-', '+');
    const bytes = entries.reduce(
      (sum, [, fields]) => sum + Buffer.byteLength(fields[fields.indexOf('data') + 1] ?? ''),
      0,
    );
    expect(bytes).toBeLessThanOrEqual(LIMITS.logBytes);
    expect(bytes).toBeGreaterThan(LIMITS.logBytes - 20_000);
    expect(entries.at(-1)?.[0]).toBe('190-0');
  });
});
