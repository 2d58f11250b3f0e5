/** Removing a member: out on every node in one moment, for good, and only by the session that made the room. */
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';

const { urls } = inject('cluster');
const [first = '', second = '', third = ''] = urls;
const refused = (code: string) => expect.objectContaining({ error: expect.objectContaining({ code }) });

/** A room, its creator on the first node and a guest with a tab on each of the others. */
async function gatherRoom() {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(first, people.nameOf('방장'));
  const owner = await people.connect('방장', { url: first, door: 'websocket', token });
  await owner.join(roomId);
  const tab1 = await people.connect('손님', { url: second, door: 'socketio' });
  await tab1.join(roomId);
  const tab2 = await people.connect('손님', { url: third, door: 'websocket', token: tab1.token });
  await tab2.join(roomId);
  const remove = (userId: string, by = token) =>
    callApi(`${second}/api/rooms/${roomId}/members/${encodeURIComponent(userId)}`, { method: 'DELETE', token: by });
  return { people, roomId, token, owner, tab1, tab2, guest: people.nameOf('손님'), remove };
}

describe('a removal', () => {
  it('tells every tab of the removed `left`, the room `user_left`, and ends what the removed may do', async () => {
    const { roomId, token, owner, tab1, tab2, guest } = await gatherRoom();
    expect(await owner.request('remove', { roomId, userId: guest })).toEqual({});

    for (const tab of [tab1, tab2]) {
      await tab.hears('left', { roomId, reason: 'removed' });
      await expect(tab.send(roomId, '아직')).rejects.toEqual(refused('NOT_A_MEMBER'));
      await expect(tab.history(roomId)).rejects.toEqual(refused('NOT_A_MEMBER'));
      await expect(tab.join(roomId)).rejects.toEqual(refused('FORBIDDEN'));
    }
    await owner.hears('user_left', { userId: guest, reason: 'removed' });
    await owner.send(roomId, '우리끼리');
    await owner.gets(roomId, '우리끼리');
    expect([...tab1.messages(roomId), ...tab2.messages(roomId)]).toEqual([]);
    expect((await callApi(`${third}/api/rooms/${roomId}`, { token })).body.data).toMatchObject({ memberCount: 1 });
    const me = await callApi(`${first}/api/sessions/me`, { token: tab1.token });
    expect(me.body.data).toMatchObject({ userId: guest, rooms: [] });
    expect(owner.heard.filter(({ event }) => event === 'user_left')).toHaveLength(1);
  });

  it('lets no message of the removed through once it is answered', async () => {
    const { roomId, owner, tab1, guest } = await gatherRoom();
    const sends: Promise<unknown>[] = [];
    const isRefused = new Promise((resolve) => {
      const next = () => {
        const send = tab1.send(roomId, `${sends.length}`);
        sends.push(send.then(next, resolve));
      };
      for (let i = 0; i < 5; i++) next();
    });
    await owner.gets(roomId, '10');
    await owner.request('remove', { roomId, userId: guest });
    const { seq } = await owner.send(roomId, 'barrier');
    expect(await isRefused).toEqual(refused('NOT_A_MEMBER'));
    await owner.gets(roomId, 'barrier');
    await owner.send(roomId, 'end');
    await owner.gets(roomId, 'end');
    expect(owner.messages(roomId).filter(({ from, ...message }) => from === guest && message.seq > seq)).toEqual([]);
    await owner.until(() => owner.heard.some(({ event }) => event === 'user_left'));
  });

  it('is offered to the creator alone, on every tab and however the node knows the room', async () => {
    const { roomId, owner, tab1, people, token } = await gatherRoom();
    const { seq, id } = await owner.send(roomId, '여기까지');
    await tab1.gets(roomId, '여기까지');
    const tab = await people.connect('방장', { url: second, door: 'socketio', token });
    const answers = [await owner.join(roomId), await owner.join(roomId, id), await tab.join(roomId, id)];
    expect(answers).toEqual(answers.map(() => expect.objectContaining({ seq, isCreator: true })));
    expect([await tab1.join(roomId), await tab1.join(roomId, id)].map(({ isCreator }) => isCreator)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('by REST takes any user id as it is, and may be repeated', async () => {
    const { people, roomId, remove, tab1, guest } = await gatherRoom();
    const namesake = await people.connect('방장', { url: third, door: 'socketio' });
    const { me } = await namesake.join(roomId);
    expect(me).toMatch(/#\d{4}$/);
    for (let round = 0; round < 2; round++) {
      expect(await remove(me)).toMatchObject({ status: 200, body: { data: {}, message: '멤버를 내보냈습니다' } });
      expect(await remove(guest)).toMatchObject({ status: 200 });
    }
    expect(await remove('한 번도 오지 않은 사람')).toMatchObject({ status: 200 });
    await namesake.hears('left', { roomId, reason: 'removed' });
    await tab1.hears('left', { roomId, reason: 'removed' });
  });

  it('is refused to everybody else, and the creator cannot be removed', async () => {
    const { people, remove, tab1, token, guest } = await gatherRoom();
    const owner = people.nameOf('방장');
    const stranger = await callApi(`${first}/api/sessions`, { method: 'POST', body: { name: people.nameOf('남') } });
    const { token: other } = stranger.body.data as { token: string };
    for (const by of [tab1.token, other]) {
      expect(await remove(owner, by)).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
      expect(await remove(guest, by)).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    }
    const oneself = await remove(owner, token);
    expect(oneself).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_FAILED', details: { fields: [{ path: 'userId' }] } } },
    });
    for (const malformed of ['a:b', '*', ' ', 'mina#12']) {
      expect(await remove(malformed)).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_FAILED' } } });
    }
    expect((await callApi(`${first}/api/rooms/${'z'.repeat(8)}/members/a`, { method: 'DELETE', token })).status).toBe(
      404,
    );
    expect((await callApi(`${first}/api/rooms/${'z'.repeat(8)}/members/a`, { method: 'DELETE' })).status).toBe(401);
  });

  it('is not for whoever takes the name of the creator later', async () => {
    const { people, roomId, owner, token, guest, remove } = await gatherRoom();
    expect((await callApi(`${second}/api/sessions`, { method: 'DELETE', token })).status).toBe(200);
    await owner.until(() => !owner.isOpen);
    const heir = await people.connect('방장', { url: first, door: 'websocket' });
    const joined = await heir.join(roomId);
    expect([joined.me, joined.isCreator]).toEqual([people.nameOf('방장'), undefined]);
    expect(await remove(guest, heir.token)).toMatchObject({ status: 403 });
    await expect(heir.request('remove', { roomId, userId: guest })).rejects.toEqual(refused('FORBIDDEN'));
  });
});
