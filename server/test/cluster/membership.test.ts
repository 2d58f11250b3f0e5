/** Who comes and goes: told once to everybody, on every connection, with revisions that have no holes. */
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';

const { urls } = inject('cluster');
const [first = '', second = '', third = ''] = urls;
const ROSTER_EVENTS = ['user_joined', 'user_left', 'presence', 'members'];

const told = (client: TestClient) =>
  client.heard
    .filter(({ event }) => ROSTER_EVENTS.includes(event))
    .map(({ event, payload }) => [event, payload.userId]);

function expectRevisionsWithoutHoles(client: TestClient, joinedRev: number): void {
  const revisions = client.heard.filter(({ event }) => ROSTER_EVENTS.includes(event)).map(({ payload }) => payload.rev);
  expect(revisions).toEqual(revisions.map((_, index) => joinedRev + 1 + index));
}

describe('membership', () => {
  it('announces a new member once to every connection but its own', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const tab1 = await people.connect('방장', { url: first, door: 'socketio', token });
    const tab2 = await people.connect('방장', { url: second, door: 'websocket', token });
    await tab1.join(roomId);
    const { rev } = await tab2.join(roomId);

    const guest = await people.connect('손님', { url: third, door: 'websocket' });
    const joined = await guest.join(roomId);
    await guest.join(roomId);
    await guest.send(roomId, 'barrier');

    const members = [people.nameOf('방장'), people.nameOf('손님')];
    expect(joined).toMatchObject({ members, online: members, memberCount: 2, onlineCount: 2, seq: 0, missed: [] });
    for (const tab of [tab1, tab2]) {
      await tab.gets(roomId, 'barrier');
      expect(told(tab)).toEqual([['user_joined', people.nameOf('손님')]]);
      expectRevisionsWithoutHoles(tab, rev);
    }
    await guest.gets(roomId, 'barrier');
    expect(told(guest)).toEqual([]);
  });

  it('announces nothing for the second tab of a member', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const watcher = await people.connect('구경', { url: second, door: 'socketio' });
    await watcher.join(roomId);
    const tab1 = await people.connect('방장', { url: first, door: 'websocket', token });
    await tab1.join(roomId);
    const tab2 = await people.connect('방장', { url: third, door: 'socketio', token });
    await tab2.join(roomId);
    await tab2.send(roomId, 'barrier');

    await watcher.gets(roomId, 'barrier');
    expect(told(watcher).filter(([event]) => event !== 'presence')).toEqual([]);
  });

  it('ends a leave on all tabs of the user: the others are told `left`, the room `user_left`', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const owner = await people.connect('방장', { url: first, door: 'websocket', token });
    const { rev } = await owner.join(roomId);
    const tab1 = await people.connect('손님', { url: second, door: 'socketio' });
    await tab1.join(roomId);
    const tab2 = await people.connect('손님', { url: third, door: 'websocket', token: tab1.token });
    await tab2.join(roomId);

    await tab1.leave(roomId);

    await tab2.hears('left', { roomId, reason: 'left' });
    await owner.hears('user_left', { roomId, userId: people.nameOf('손님'), reason: 'left' });
    expectRevisionsWithoutHoles(owner, rev);
    await owner.send(roomId, '아무도 없네');
    await owner.gets(roomId, '아무도 없네');
    await expect(tab2.send(roomId, '늦었다')).rejects.toMatchObject({ error: { code: 'NOT_A_MEMBER' } });
    expect(tab1.heard.map(({ event }) => event)).not.toContain('left');
    expect([...tab1.messages(roomId), ...tab2.messages(roomId)]).toEqual([]);
  });

  it('lets somebody who left come in again as a new member', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const owner = await people.connect('방장', { url: first, door: 'socketio', token });
    const { rev } = await owner.join(roomId);
    const guest = await people.connect('손님', { url: second, door: 'websocket' });
    for (let round = 0; round < 5; round++) {
      await guest.join(roomId);
      await guest.leave(roomId);
    }
    await guest.join(roomId);
    await guest.send(roomId, 'barrier');

    await owner.gets(roomId, 'barrier');
    const rounds = Array.from({ length: 5 }, () => ['user_joined', 'user_left']).flat();
    expect(told(owner).map(([event]) => event)).toEqual([...rounds, 'user_joined']);
    expectRevisionsWithoutHoles(owner, rev);
  });
});
