/** A private room is to everybody but its members as if there were none: on every route, request, code, text and header. */
import { describe, expect, inject, it } from 'vitest';
import type { REQUESTS } from '../../src/protocol/index.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi } from '../support/rest.ts';
import { Refused } from '../support/test-client.ts';
import type { Door } from '../support/wire.ts';

const { urls } = inject('cluster');
const [first = '', second = ''] = urls;
const ABSENT = 'zzzzzzzz';
const OWN_TO_EACH_ANSWER = new Set(['date', 'x-trace-id']);

async function makePrivateRoom(creatorName: string) {
  const body = { creatorName, title: '비밀', private: true };
  const made = await callApi(`${first}/api/rooms`, { method: 'POST', body });
  const { roomId, token, inviteUrl } = made.body.data as { roomId: string; token: string; inviteUrl: string };
  return { roomId, token, invite: inviteUrl.split('#invite=')[1] ?? '' };
}

/** Everything of an answer that could tell two rooms apart. */
async function ask(method: string, path: string, request: { token?: string; body?: object }) {
  const headers: Record<string, string> = {};
  if (request.token !== undefined) headers.authorization = `Bearer ${request.token}`;
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const answer = await fetch(`${second}${path}`, { method, headers, ...body });
  const told = [...answer.headers].filter(([name]) => !OWN_TO_EACH_ANSWER.has(name));
  const { timestamp: _, ...envelope } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, headers: told, envelope };
}

const ROUTES: [method: string, path: (roomId: string) => string, body?: object][] = [
  ['GET', (roomId) => `/api/rooms/${roomId}`],
  ['GET', (roomId) => `/api/rooms/${roomId}/messages`],
  ['GET', (roomId) => `/api/rooms/${roomId}/messages?after=a.01234567-1`],
  ['GET', (roomId) => `/api/rooms/${roomId}/messages?before=nonsense`],
  ['POST', (roomId) => `/api/rooms/${roomId}/messages`, { text: 'hi' }],
  ['POST', (roomId) => `/api/rooms/${roomId}/messages`, { text: 'hi', clientMsgId: 'm1', since: 'a.01234567-1' }],
  ['POST', (roomId) => `/api/rooms/${roomId}/messages`, { text: '' }],
  ['DELETE', (roomId) => `/api/rooms/${roomId}/members/mina`],
  ['DELETE', (roomId) => `/api/rooms/${roomId}/members/a:b`],
  ['PUT', (roomId) => `/api/rooms/${roomId}`, {}],
];

/** Fields that make each request complete. */
const FIELDS: Record<keyof typeof REQUESTS, object> = {
  join: {},
  msg: { text: 'hi', clientMsgId: 'm1' },
  ping: {},
  leave: {},
  typing: {},
  read: { seq: 1 },
  remove: { userId: 'mina' },
  history: {},
};

describe('a private room', () => {
  it('answers strangers by REST exactly as a room that is not there', async () => {
    const people = gatherPeople();
    const { roomId } = await makePrivateRoom(people.nameOf('방장'));
    const { body } = await callApi(`${second}/api/sessions`, { method: 'POST', body: { name: people.nameOf('남') } });
    const { token } = body.data as { token: string };
    for (const [method, path, body] of ROUTES) {
      for (const who of [{ token }, {}]) {
        const request = { ...who, ...(body ? { body } : {}) };
        const known = await ask(method, path(roomId), request);
        expect([method, path(''), known]).toEqual([method, path(''), await ask(method, path(ABSENT), request)]);
        expect(known.status).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it.each<Door>(['websocket', 'socketio'])(
    'answers strangers on %s exactly as a room that is not there',
    async (door) => {
      const people = gatherPeople();
      const { roomId, token } = await makePrivateRoom(people.nameOf('방장'));
      // A member on the same node: the room is alive there, which must not show either.
      const owner = await people.connect('방장', { url: second, door, token });
      await owner.join(roomId);
      const stranger = await people.connect('남', { url: second, door });
      const { roomId: open } = (
        await callApi(`${first}/api/rooms`, { method: 'POST', body: { creatorName: people.nameOf('다른 방장') } })
      ).body.data as { roomId: string };
      await stranger.join(open);
      const answerTo = (name: keyof typeof REQUESTS, room: string, more: object) =>
        stranger.request(name, { roomId: room, ...FIELDS[name], ...more }).then(
          (data) => ({ data }),
          (error: unknown) => ({ error: error instanceof Refused ? error.error : error }),
        );
      for (const name of Object.keys(FIELDS).filter((request) => request !== 'ping')) {
        const variants = name === 'join' ? [{}, { invite: 'wrong' }, { after: 'a.01234567-1' }] : [{}];
        for (const more of variants) {
          const known = await answerTo(name as keyof typeof REQUESTS, roomId, more);
          expect([name, known]).toEqual([name, await answerTo(name as keyof typeof REQUESTS, ABSENT, more)]);
          expect([name, known]).toEqual([name, { error: expect.objectContaining({ code: 'ROOM_NOT_FOUND' }) }]);
        }
      }
      expect(stranger.heard.filter(({ payload }) => payload.roomId === roomId)).toEqual([]);
    },
  );

  it('lets in who has the invite, and then says what is in it', async () => {
    const people = gatherPeople();
    const { roomId, invite } = await makePrivateRoom(people.nameOf('방장'));
    const guest = await people.connect('손님', { url: second, door: 'websocket' });
    const joined = await guest.request('join', { roomId, token: guest.token, invite });
    expect(joined).toMatchObject({ title: '비밀', memberCount: 2 });
    const seen = await callApi(`${first}/api/rooms/${roomId}`, { token: joined.token ?? '' });
    expect(seen.body.data).toMatchObject({ title: '비밀', memberCount: 2 });
    expect((await callApi(`${first}/api/rooms/${roomId}`)).status).toBe(404);
  });
});
