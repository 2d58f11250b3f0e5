/** A room made by REST, and what Redis holds of it. */
import type { Check } from './check.ts';
import { expect, textOf } from './expect.ts';

const ROOM_TTL_S = 600;
const PRESENCE_TTL_S = 30;
const SESSION_TTL_S = 600;

/** The creator's name is new in each run, so that the list can be repeated at once. */
const CREATOR = `테스터-${process.pid}`;

export const roomChecks: readonly Check[] = [
  {
    title: 'the page is served',
    async check({ place }) {
      const answer = await fetch(place.url, { signal: AbortSignal.timeout(5000) });
      const policy = answer.headers.get('content-security-policy');
      expect(answer.ok && policy !== null, '200 with a Content-Security-Policy', `${answer.status}, policy ${policy}`);
      return undefined;
    },
  },
  {
    title: 'POST /api/rooms makes a room: 201 with roomId, userId, token and inviteUrl',
    async check(world) {
      const { status, data } = await world.rest('POST', '/api/rooms', { body: { creatorName: CREATOR } });
      expect(status === 201, '201', { status, data });
      const roomId = textOf(data, 'roomId');
      expect(/^[a-z0-9]{8}$/.test(roomId), 'a roomId of 8 letters and digits', roomId);
      world.keep('roomId', roomId);
      world.keep('creator', textOf(data, 'userId'));
      world.keep('token', textOf(data, 'token'));
      expect(/^https?:\/\//.test(textOf(data, 'inviteUrl')), 'an absolute inviteUrl', data.inviteUrl);
      return `room ${roomId}`;
    },
  },
  {
    title: `Redis: room:{roomId}:members holds the creator and ends in ${ROOM_TTL_S} s unless somebody joins`,
    async check({ redis, kept }) {
      const key = `room:${kept('roomId')}:members`;
      const members = await redis.smembers(key);
      expect(members.length === 1 && members[0] === kept('creator'), kept('creator'), members);
      const ttl = await redis.ttl(key);
      expect(ttl > 0 && ttl <= ROOM_TTL_S, `a TTL of 1 to ${ROOM_TTL_S} s`, ttl);
      return `TTL ${ttl} s`;
    },
  },
  {
    title: 'Redis: room:{roomId}:meta holds epoch, seq, rev and creator, with the same life',
    async check({ redis, kept }) {
      const key = `room:${kept('roomId')}:meta`;
      const meta = await redis.hgetall(key);
      const missing = ['epoch', 'seq', 'rev', 'creator', 'createdAt'].filter((field) => meta[field] === undefined);
      expect(missing.length === 0, 'all fields', { missing });
      const ttl = await redis.ttl(key);
      expect(ttl > 0 && ttl <= ROOM_TTL_S, `a TTL of 1 to ${ROOM_TTL_S} s`, ttl);
      return `TTL ${ttl} s`;
    },
  },
  {
    title: `Redis: user:{userId}:presence is online for at most ${PRESENCE_TTL_S} s`,
    async check({ redis, kept }) {
      const key = `user:${kept('creator')}:presence`;
      const value = await redis.get(key);
      expect(value === 'online', 'online', value);
      const ttl = await redis.ttl(key);
      expect(ttl > 0 && ttl <= PRESENCE_TTL_S, `a TTL of 1 to ${PRESENCE_TTL_S} s`, ttl);
      return `TTL ${ttl} s`;
    },
  },
  {
    title: `Redis: user:{userId}:session holds sid, roomId and joinedAt for at most ${SESSION_TTL_S} s`,
    async check({ redis, kept }) {
      const key = `user:${kept('creator')}:session`;
      const session = await redis.hgetall(key);
      expect(session.roomId === kept('roomId'), `roomId ${kept('roomId')}`, session.roomId ?? 'none');
      expect(Boolean(session.sid) && Boolean(session.joinedAt), 'sid and joinedAt', Object.keys(session));
      const ttl = await redis.ttl(key);
      expect(ttl > 0 && ttl <= SESSION_TTL_S, `a TTL of 1 to ${SESSION_TTL_S} s`, ttl);
      return `TTL ${ttl} s`;
    },
  },
  {
    title: 'GET /api/rooms/{roomId} tells status, members and who is online',
    async check({ rest, kept }) {
      const { status, data } = await rest('GET', `/api/rooms/${kept('roomId')}`);
      expect(status === 200 && data.status === 'active', '200 and active', { status, data });
      expect(data.memberCount === 1, 'memberCount 1', data);
      const members = Array.isArray(data.members) ? data.members : [];
      expect(members.includes(kept('creator')), kept('creator'), data.members);
      return undefined;
    },
  },
];
