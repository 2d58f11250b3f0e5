/** A room of more than 200 members: cut lists with oneself among them, counts instead of single changes. */
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople, type People } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';

const { urls } = inject('cluster');
const FIRST_LARGE = 201;
const SMALL_AGAIN = 180;

async function fill(people: People, roomId: string, size: number): Promise<TestClient[]> {
  const guests: TestClient[] = [];
  while (guests.length < size - 1) {
    const batch = Array.from({ length: Math.min(40, size - 1 - guests.length) }, async (_, index) => {
      const number = guests.length + index;
      const url = urls[number % urls.length] ?? '';
      const guest = await people.connect(`손님${number}`, { url, door: number % 2 ? 'socketio' : 'websocket' });
      await guest.join(roomId);
      return guest;
    });
    guests.push(...(await Promise.all(batch)));
  }
  return guests;
}

const eventsSince = (client: TestClient, from: number) => client.heard.slice(from).map(({ event }) => event);

describe('a large room', () => {
  it('cuts lists, counts instead of telling single changes, and is small again at 180', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(urls[0] ?? '', people.nameOf('방장'));
    const owner = await people.connect('방장', { url: urls[1] ?? '', door: 'socketio', token });
    await owner.join(roomId);
    const guests = await fill(people, roomId, FIRST_LARGE - 1);
    await owner.until(() => owner.heard.filter(({ event }) => event === 'user_joined').length === FIRST_LARGE - 2);
    const beforeCrossing = owner.heard.length;

    const last = await people.connect('힣힣', { url: urls[2] ?? '', door: 'websocket' });
    const joined = await last.join(roomId);
    await owner.hears('members');

    expect(joined).toMatchObject({ memberCount: FIRST_LARGE, onlineCount: FIRST_LARGE, reads: {} });
    for (const names of [joined.members, joined.online]) {
      expect(names).toHaveLength(200);
      expect(names).toContain(people.nameOf('힣힣'));
      expect(names).toEqual([...names].sort());
    }
    expect(eventsSince(owner, beforeCrossing)).toEqual(['members']);
    const { payload } = await owner.hears('members');
    expect(payload).toMatchObject({ memberCount: FIRST_LARGE, onlineCount: FIRST_LARGE });
    expect(payload.members).toContain(people.nameOf('방장'));
    expect(payload.members).toHaveLength(200);

    const whileLarge = owner.heard.length;
    await guests[0]?.leave(roomId);
    await guests[0]?.join(roomId);
    owner.emit('typing', { roomId });
    await owner.send(roomId, '큰 방');
    await owner.hears('room_stats', { memberCount: FIRST_LARGE }, { from: whileLarge });
    await last.gets(roomId, '큰 방');
    expect(new Set(eventsSince(owner, whileLarge))).toEqual(new Set(['room_stats', 'msg']));

    const beforeSmall = owner.heard.length;
    for (const guest of guests.slice(0, FIRST_LARGE - SMALL_AGAIN)) await guest.leave(roomId);
    const small = await owner.hears('members', {}, { from: beforeSmall });
    expect(small.payload).toMatchObject({ memberCount: SMALL_AGAIN });
    expect(small.payload.members).toHaveLength(SMALL_AGAIN);
    await guests[FIRST_LARGE - SMALL_AGAIN]?.leave(roomId);
    await owner.hears('user_left', { reason: 'left' }, { from: beforeSmall });
    expect(eventsSince(owner, beforeSmall).filter((event) => event === 'members')).toHaveLength(1);
  });
});
