/** Coming back with a position: everything that was missed, proven, or a clear no. */
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

const { urls } = inject('cluster');
const [first = '', second = '', third = ''] = urls;

async function ownerAndGuest() {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(first, people.nameOf('방장'));
  const owner = await people.connect('방장', { url: first, door: 'websocket', token });
  await owner.join(roomId);
  const guest = await people.connect('손님', { url: second, door: 'socketio' });
  await guest.join(roomId);
  return { people, roomId, owner, guest };
}

async function sendMany(client: TestClient, roomId: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => client.send(roomId, `${index + 1} 놓친 말`)));
}

describe('joining again with `after`', () => {
  it('brings what was missed, on another node and after a connection that was cut', async () => {
    const { people, roomId, owner, guest } = await ownerAndGuest();
    await owner.send(roomId, '먼저');
    await guest.gets(roomId, '먼저');
    guest.cut();
    await guest.until(() => !guest.isOpen);
    await sendMany(owner, roomId, 30);

    await guest.connect(third);
    const joined = await guest.rejoin(roomId);

    expect(joined).toMatchObject({ recovered: true, more: false, seq: 31 });
    expect(joined.missed.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
    await owner.send(roomId, '다시 왔구나');
    await people.settle();
    expectPromiseKept(people.history, 'join again');
  });

  it('says `more` beyond 200 messages, and pages of history lead to `joined.seq`', async () => {
    const { people, roomId, owner, guest } = await ownerAndGuest();
    guest.close();
    await guest.until(() => !guest.isOpen);
    await sendMany(owner, roomId, 450);

    await guest.connect(third);
    const [joined] = await Promise.all([guest.rejoin(roomId), sendMany(owner, roomId, 20)]);

    expect(joined).toMatchObject({ recovered: true, more: true });
    expect(joined.missed).toHaveLength(200);
    await people.settle();
    expect(guest.messages(roomId)).toHaveLength(470);
    expectPromiseKept(people.history, 'paging');
  });

  it('says `more` beyond 256 KiB', async () => {
    const { people, roomId, owner, guest } = await ownerAndGuest();
    guest.close();
    await guest.until(() => !guest.isOpen);
    for (let n = 0; n < 40; n++) await owner.send(roomId, `${n} ${'가'.repeat(3_900)}`);

    await guest.connect(first);
    const joined = await guest.rejoin(roomId);

    expect(joined).toMatchObject({ recovered: true, more: true });
    expect(Buffer.byteLength(JSON.stringify(joined.missed))).toBeLessThanOrEqual(256 * 1024);
    await people.settle();
    expect(guest.messages(roomId)).toHaveLength(40);
    expectPromiseKept(people.history, 'large messages');
  });

  it('knows the position of a message that another node has only just told', async () => {
    const { roomId, owner, guest } = await ownerAndGuest();
    for (let round = 0; round < 20; round++) {
      const { id } = await owner.send(roomId, `${round} 방금`);
      const joined = await guest.join(roomId, id);
      expect(joined).toMatchObject({ recovered: true });
      expect(joined.missed.every(({ seq }) => seq > round + 1)).toBe(true);
    }
  });

  it('answers a fresh `joined` for the room that the connection is in, and announces nothing', async () => {
    const { roomId, owner, guest } = await ownerAndGuest();
    await owner.send(roomId, '하나');
    const before = owner.heard.length;
    expect(await guest.join(roomId)).toMatchObject({ seq: 1, missed: [], more: false });
    expect(await guest.join(roomId)).not.toHaveProperty('recovered');
    await guest.send(roomId, 'barrier');
    await owner.gets(roomId, 'barrier');
    expect(owner.heard.slice(before).map(({ event }) => event)).not.toContain('user_joined');
  });

  it('says `recovered: false` for a position that is garbage, of another room, or beyond the end', async () => {
    const { people, roomId, owner, guest } = await ownerAndGuest();
    const other = await createRoom(first, people.nameOf('다른방장'));
    const { id } = await owner.send(roomId, '하나');
    const stranger = await people.connect('낯선', { url: third, door: 'websocket' });
    const { position: foreign } = await stranger.join(other.roomId);
    const [, line = ''] = /^(.*)-\d+$/.exec(id) ?? [];

    for (const after of ['garbage', '0', '-', foreign, `${line}-999`, `${line}-01`, line, id.replace('.', '.0')]) {
      const joined = await guest.join(roomId, after);
      expect({ after, ...joined }).toMatchObject({ after, recovered: false, missed: [], more: false, seq: 1 });
    }
  });
});
