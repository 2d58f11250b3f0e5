/** The few REST calls that come before a connection, with deadlines and the server's errors as ours. */
import { type Backoff, DEFAULT_BACKOFF, fullJitterMs } from './backoff.ts';
import { decodeFailure, isFields, stringField } from './decode.ts';
import { ClientError, type Failure, failure } from './failure.ts';
import { type Clock, type Fetch, randomId, systemClock, systemFetch } from './platform.ts';

/** Where to ask, and with what. */
export type RestOptions = { url: string; fetch?: Fetch; clock?: Clock; random?: () => number; backoff?: Backoff };

/** The answer to making a room. */
export type RoomCreated = { roomId: string; userId: string; token: string; inviteUrl: string };

/** A call's language and deadline, and as whom it is made. */
export type CallOptions = { locale?: string; deadlineMs?: number; token?: string };

/** Calls that reject with a `ClientError` by their deadline (15 s unless told). */
export interface RestClient {
  /** Makes a room, with `token` as its user, else as a new one of this name. Repeated under one `Idempotency-Key` where the outcome is not known, so never two rooms. */
  createRoom(creatorName: string, options?: CallOptions): Promise<RoomCreated>;
}

/** Makes a REST client. */
export function createRestClient(options: RestOptions): RestClient {
  const deps = { fetch: systemFetch, clock: systemClock, random: Math.random, backoff: DEFAULT_BACKOFF, ...options };
  return {
    async createRoom(creatorName, { locale = 'ko', deadlineMs = 15_000, token } = {}) {
      const init = {
        method: 'POST',
        headers: {
          ...{ 'Content-Type': 'application/json', 'Accept-Language': locale, 'Idempotency-Key': randomId() },
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ creatorName }),
      };
      const call = { url: `${options.url}/api/rooms`, init, deadlineAtMs: deps.clock.now() + deadlineMs };
      return decodeRoomCreated(await callUntilDeadline(deps, call));
    },
  };
}

type Deps = Required<Omit<RestOptions, 'url'>>;
type Call = { url: string; init: Parameters<Fetch>[1]; deadlineAtMs: number };

async function callUntilDeadline(deps: Deps, call: Call): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const leftMs = call.deadlineAtMs - deps.clock.now();
    const answer = await withDeadline(deps, callOnce(deps.fetch, call), leftMs);
    if (!('error' in answer)) return answer.data;
    const waitMs = (answer.error.retryAfterMs ?? 0) + fullJitterMs(deps.backoff, attempt, deps.random());
    const isLate = deps.clock.now() + waitMs >= call.deadlineAtMs;
    if (!answer.error.retryable || isLate) throw new ClientError(answer.error);
    await new Promise<void>((resolve) => deps.clock.after(waitMs, resolve));
  }
}

type CallResult = { data: unknown } | { error: Failure };

async function callOnce(fetch: Fetch, { url, init }: Call): Promise<CallResult> {
  try {
    const response = await fetch(url, init);
    const envelope = await response.json();
    if (isFields(envelope) && envelope.success === true) return { data: envelope.data };
    return { error: readError(response.status, envelope) };
  } catch {
    return { error: failure('CONNECTION_LOST') };
  }
}

function readError(status: number, envelope: unknown): Failure {
  const error = decodeFailure(isFields(envelope) ? envelope.error : null);
  const details = error.details;
  const retryAfterMs = error.retryAfterMs ?? details?.retryAfterMs;
  const retryable = details?.retryable ?? (status >= 500 || status === 429);
  return { ...error, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function withDeadline(deps: Deps, answer: Promise<CallResult>, leftMs: number): Promise<CallResult> {
  return new Promise((resolve) => {
    const cancel = deps.clock.after(leftMs, () => resolve({ error: { ...failure('TIMEOUT'), retryable: false } }));
    void answer.then((result) => {
      cancel();
      resolve(result);
    });
  });
}

function decodeRoomCreated(data: unknown): RoomCreated {
  const roomId = stringField(data, 'roomId');
  const userId = stringField(data, 'userId');
  const token = stringField(data, 'token');
  if (!roomId || !userId || !token) throw new ClientError(failure('PROTOCOL_ERROR'));
  return { roomId, userId, token, inviteUrl: stringField(data, 'inviteUrl') ?? '' };
}
