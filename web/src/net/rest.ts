/** The REST calls around a connection: making a room, and who one is. Deadlines, and the server's errors as ours. */
import { type Backoff, DEFAULT_BACKOFF } from './backoff.ts';
import { integerField, isFields, stringField } from './decode.ts';
import { ClientError, failure } from './failure.ts';
import { type CallDeps, type CallWait, callUntilDeadline } from './http-call.ts';
import { type Clock, type Fetch, randomId, systemClock, systemFetch } from './platform.ts';

/** Where to ask, and with what. */
export type RestOptions = { url: string; fetch?: Fetch; clock?: Clock; random?: () => number; backoff?: Backoff };

/** The answer to making a room. A private room's secret is in `inviteUrl`, behind `#`. */
export type RoomCreated = { roomId: string; userId: string; token: string; inviteUrl: string };

/** One of the rooms that a user is a member of. */
export type OwnRoom = { roomId: string; title: string | null; seq: number; readSeq: number; memberCount: number };

/** Who one is and where one is a member. */
export type Me = { userId: string; rooms: readonly OwnRoom[] };

/** A call's language and deadline, as whom it is made, and who is told while it waits to be repeated. */
export type CallOptions = {
  locale?: string;
  deadlineMs?: number;
  token?: string;
  retrying?: (wait: CallWait | null) => void;
};

/** What a room can be made with. Private: only whoever has the secret of its link may enter. */
export type RoomWishes = { title?: string; isPrivate?: boolean };

/** Calls that reject with a `ClientError` by their deadline (15 s unless told). */
export interface RestClient {
  /** Makes a room, with `token` as its user (the name may then be empty), else as a new one of this name. Repeated under one `Idempotency-Key` where the outcome is not known, so never two rooms. */
  createRoom(creatorName: string, options?: CallOptions & RoomWishes): Promise<RoomCreated>;
  /** Who the token belongs to, and the rooms this user is a member of. */
  me(options: CallOptions): Promise<Me>;
  /** Leaves every room and ends the session on all nodes. */
  logOut(options: CallOptions): Promise<void>;
}

/** Makes a REST client. */
export function createRestClient(options: RestOptions): RestClient {
  const deps = { fetch: systemFetch, clock: systemClock, random: Math.random, backoff: DEFAULT_BACKOFF, ...options };
  const ask = createAsking(options.url, deps);
  return {
    async createRoom(creatorName, { title, isPrivate, ...call } = {}) {
      const wishes = { ...(title ? { title } : {}), ...(isPrivate ? { private: true } : {}) };
      const body = { ...(creatorName === '' ? {} : { creatorName }), ...wishes };
      return decodeRoomCreated(await ask({ method: 'POST', path: '/api/rooms', body, idempotent: true }, call));
    },
    me: async (call) => decodeMe(await ask({ method: 'GET', path: '/api/sessions/me' }, call)),
    async logOut(call) {
      await ask({ method: 'DELETE', path: '/api/sessions' }, call);
    },
  };
}

type Question = { method: string; path: string; body?: unknown; idempotent?: boolean };

function createAsking(url: string, deps: CallDeps) {
  return (question: Question, { locale = 'ko', deadlineMs = 15_000, token, retrying }: CallOptions) => {
    const headers = {
      'Accept-Language': locale,
      ...(question.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(question.idempotent ? { 'Idempotency-Key': randomId() } : {}),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const body = question.body === undefined ? {} : { body: JSON.stringify(question.body) };
    return callUntilDeadline(deps, {
      url: url + question.path,
      init: { method: question.method, headers, ...body },
      deadlineAtMs: deps.clock.now() + deadlineMs,
      retrying,
    });
  };
}

function decodeRoomCreated(data: unknown): RoomCreated {
  const roomId = stringField(data, 'roomId');
  const userId = stringField(data, 'userId');
  const token = stringField(data, 'token');
  if (!roomId || !userId || !token) throw new ClientError(failure('PROTOCOL_ERROR'));
  return { roomId, userId, token, inviteUrl: stringField(data, 'inviteUrl') ?? '' };
}

function decodeMe(data: unknown): Me {
  const userId = stringField(data, 'userId');
  if (!userId || !isFields(data) || !Array.isArray(data.rooms)) throw new ClientError(failure('PROTOCOL_ERROR'));
  return { userId, rooms: data.rooms.map(decodeOwnRoom).filter((room) => room !== null) };
}

function decodeOwnRoom(value: unknown): OwnRoom | null {
  const roomId = stringField(value, 'roomId');
  if (!roomId) return null;
  const count = (name: string) => integerField(value, name) ?? 0;
  const title = stringField(value, 'title') ?? null;
  return { roomId, title, seq: count('seq'), readSeq: count('readSeq'), memberCount: count('memberCount') };
}
