/** People on either door and on different nodes talk with each other. */
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

const { urls } = inject('cluster');
const [first = '', second = '', third = ''] = urls;

describe('chat across doors and nodes', () => {
  it('carries Korean and emoji both ways between Socket.IO on one node and /ws on another', async () => {
    const people = gatherPeople();
    const { roomId } = await createRoom(third, people.nameOf('방장'));
    const ann = await people.connect('앤', { url: first, door: 'socketio' });
    const bo = await people.connect('보', { url: second, door: 'websocket' });
    await Promise.all([ann.join(roomId), bo.join(roomId)]);

    await ann.send(roomId, '안녕하세요 👋🏽 "따옴표" \\ \n 줄');
    await bo.send(roomId, '👨‍👩‍👧‍👦 반가워요 \u2028 <b>');

    for (const client of [ann, bo]) {
      await client.gets(roomId, '👨‍👩‍👧‍👦 반가워요 \u2028 <b>');
      expect(client.messages(roomId)).toEqual([
        expect.objectContaining({ seq: 1, from: people.nameOf('앤'), text: '안녕하세요 👋🏽 "따옴표" \\ \n 줄' }),
        expect.objectContaining({ seq: 2, from: people.nameOf('보'), text: '👨‍👩‍👧‍👦 반가워요 \u2028 <b>' }),
      ]);
    }
    await people.settle();
    expectPromiseKept(people.history, 'across doors');
  });

  it('reaches a client that only polls', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const owner = await people.connect('방장', { url: first, door: 'websocket', token });
    const poller = await people.connect('폴', { url: second, door: 'socketio', transports: ['polling'] });
    await owner.join(roomId);
    await poller.join(roomId);

    for (let n = 1; n <= 40; n++) void owner.send(roomId, `${n}번째`);
    await poller.gets(roomId, '40번째');
    await poller.send(roomId, '다 받았어요');

    await owner.gets(roomId, '다 받았어요');
    await people.settle();
    expectPromiseKept(people.history, 'polling');
  });

  it('brings a message that was sent by REST to everybody', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const ann = await people.connect('앤', { url: second, door: 'socketio' });
    await ann.join(roomId);

    const sent = await fetch(`${third}/api/rooms/${roomId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ text: '봇이 보냄' }),
    });

    expect(sent.status).toBe(201);
    expect(await ann.gets(roomId, '봇이 보냄')).toMatchObject({ from: people.nameOf('방장'), seq: 1 });
  });
});
