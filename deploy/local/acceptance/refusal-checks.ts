/** What must be refused, and how. */
import type { Check } from './check.ts';
import { expect } from './expect.ts';
import type { Answer } from './world.ts';

const NO_ROOM = 'zzzzzzz9';
const TOO_LARGE = 100_000;

function expectRefusal({ status, body }: Answer, wanted: { status: number; code: string }): void {
  const error = (body.error ?? {}) as Record<string, unknown>;
  const isRefused = status === wanted.status && body.success === false && error.code === wanted.code;
  expect(isRefused && typeof error.message === 'string', `${wanted.status} ${wanted.code} in the envelope`, {
    status,
    body,
  });
}

export const refusalChecks: readonly Check[] = [
  {
    title: 'a room that does not exist: 404 ROOM_NOT_FOUND in the envelope, in Korean and in English',
    async check({ rest }) {
      const wanted = { status: 404, code: 'ROOM_NOT_FOUND' };
      const korean = await rest('GET', `/api/rooms/${NO_ROOM}`, { headers: { 'accept-language': 'ko' } });
      const english = await rest('GET', `/api/rooms/${NO_ROOM}`, { headers: { 'accept-language': 'en' } });
      expectRefusal(korean, wanted);
      expectRefusal(english, wanted);
      expect(
        JSON.stringify(korean.body.error) !== JSON.stringify(english.body.error),
        'two languages',
        korean.body.error,
      );
      return undefined;
    },
  },
  {
    title: 'the same on /ws: an error, and the connection stays',
    async check(world) {
      const client = await world.raw();
      client.send({ t: 'join', roomId: NO_ROOM, token: `lost-${process.pid}`, id: 7 });
      const answer = await client.heard('ack', (event) => event.id === 7);
      const error = (answer.error ?? {}) as Record<string, unknown>;
      expect(answer.ok === false && error.code === 'ROOM_NOT_FOUND', 'ROOM_NOT_FOUND', answer);
      client.send({ t: 'ping' });
      await client.heard('pong');
      return undefined;
    },
  },
  {
    title: 'an unknown address under /api: 404 NOT_FOUND in the envelope',
    async check({ rest }) {
      expectRefusal(await rest('GET', '/api/nothing-here'), { status: 404, code: 'NOT_FOUND' });
      return undefined;
    },
  },
  {
    title: 'broken JSON: 400 VALIDATION_FAILED in the envelope',
    async check({ rest }) {
      expectRefusal(await rest('POST', '/api/rooms', { body: '{"creatorName":' }), {
        status: 400,
        code: 'VALIDATION_FAILED',
      });
      return undefined;
    },
  },
  {
    title: 'a body over 64 KiB: 413 PAYLOAD_TOO_LARGE in the envelope',
    async check({ rest }) {
      const body = { creatorName: 'x'.repeat(TOO_LARGE) };
      expectRefusal(await rest('POST', '/api/rooms', { body }), { status: 413, code: 'PAYLOAD_TOO_LARGE' });
      return undefined;
    },
  },
  {
    title: '/metrics and /health/ready are not public, /health is',
    async check({ place }) {
      const statuses = await Promise.all(
        ['/metrics', '/health/ready', '/health'].map(async (path) => (await fetch(`${place.url}${path}`)).status),
      );
      expect(statuses.join(' ') === '404 404 200', '404 404 200', statuses.join(' '));
      return undefined;
    },
  },
];
