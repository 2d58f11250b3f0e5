/** Reading what the server sent: unknown values in, typed values or null out. Unknown fields are kept and ignored. */
import { isErrorCode, type Joined, type Message, type Page, type Sent } from '@c2c/server/protocol';
import { type Failure, failure, type Result } from './failure.ts';

type Fields = Record<string, unknown>;

/** Whether a value is an object with named fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object's own string field, else undefined. */
export function stringField(value: unknown, name: string): string | undefined {
  const field = isFields(value) ? value[name] : undefined;
  return typeof field === 'string' ? field : undefined;
}

/** An object's own integer field, else undefined. */
export function integerField(value: unknown, name: string): number | undefined {
  const field = isFields(value) ? value[name] : undefined;
  return typeof field === 'number' && Number.isSafeInteger(field) ? field : undefined;
}

/** A list of strings, else null. */
export function stringList(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}

/** Where a log entry stands. */
export type Place = { seq: number; id: string };

/** A page, and where each of its entries stands, ascending: also those of types that are not known here. */
export type ReadPage = Page & { places: readonly Place[] };

/** The place of any log entry, known type or not: clients advance over types they do not know. */
export function decodePlace(value: unknown): Place | null {
  const seq = integerField(value, 'seq');
  const id = stringField(value, 'id');
  return seq !== undefined && seq > 0 && id !== undefined ? { seq, id } : null;
}

/** A chat message, else null. */
export function decodeMessage(value: unknown): Message | null {
  const place = decodePlace(value);
  const roomId = stringField(value, 'roomId');
  const from = stringField(value, 'from');
  const text = stringField(value, 'text');
  const timestamp = stringField(value, 'timestamp');
  const clientMsgId = stringField(value, 'clientMsgId');
  if (!place || !roomId || !from || text === undefined || timestamp === undefined) return null;
  return { roomId, ...place, from, text, timestamp, ...(clientMsgId === undefined ? {} : { clientMsgId }) };
}

function decodeMessages(value: unknown): Message[] | null {
  if (!Array.isArray(value)) return null;
  return value.map(decodeMessage).filter((message) => message !== null);
}

function decodePlaces(value: unknown): Place[] {
  const places = Array.isArray(value) ? value.map(decodePlace).filter((place) => place !== null) : [];
  return places.sort((a, b) => a.seq - b.seq);
}

/** A page of the log, else null. */
export function decodePage(value: unknown): ReadPage | null {
  const messages = isFields(value) ? decodeMessages(value.messages) : null;
  if (!isFields(value) || !messages || typeof value.hasMore !== 'boolean') return null;
  const { recovered } = value;
  return {
    messages,
    places: decodePlaces(value.messages),
    hasMore: value.hasMore,
    ...(typeof recovered === 'boolean' ? { recovered } : {}),
  };
}

/** The answer of a send, else null. */
export function decodeSent(value: unknown): Sent | null {
  const place = decodePlace(value);
  if (!place || !isFields(value)) return null;
  return { ...place, timestamp: stringField(value, 'timestamp') ?? '', duplicate: value.duplicate === true };
}

const LOG_TYPES: ReadonlySet<string> = new Set(['edit', 'delete', 'reaction', 'system']);

/** Entries of the log that later servers may bring: they have a place, and the client advances over them. */
export function isLogType(type: string): boolean {
  return LOG_TYPES.has(type);
}

/** Positions by user, leaving out what is none. */
export function decodeReads(value: unknown): Record<string, number> {
  if (!isFields(value)) return {};
  const positions = Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return Object.fromEntries(positions);
}

/** Who is in a room, else null. */
export function decodeRoster(
  value: unknown,
): Pick<Joined, 'members' | 'online' | 'memberCount' | 'onlineCount' | 'rev'> | null {
  if (!isFields(value)) return null;
  const members = stringList(value.members);
  const online = stringList(value.online);
  const rev = integerField(value, 'rev');
  if (!members || !online || rev === undefined) return null;
  const memberCount = integerField(value, 'memberCount') ?? members.length;
  const onlineCount = integerField(value, 'onlineCount') ?? online.length;
  return { members, online, memberCount, onlineCount, rev };
}

/** The answer of a join, else null. */
export function decodeJoined(value: unknown): Joined | null {
  const roster = decodeRoster(value);
  const missed = isFields(value) ? decodeMessages(value.missed) : null;
  const roomId = stringField(value, 'roomId');
  const me = stringField(value, 'me');
  const seq = integerField(value, 'seq');
  const position = stringField(value, 'position');
  if (!isFields(value) || !roster || !missed || !roomId || !me || seq === undefined || !position) return null;
  const { recovered, isCreator, token } = value;
  return {
    ...roster,
    roomId,
    me,
    seq,
    position,
    missed,
    title: stringField(value, 'title') ?? null,
    reads: decodeReads(value.reads),
    more: value.more === true,
    ...(typeof recovered === 'boolean' ? { recovered } : {}),
    ...(isCreator === true ? { isCreator } : {}),
    ...(typeof token === 'string' ? { token } : {}),
  };
}

/** An error of the server. Codes of a later server count as INTERNAL, with what it said about trying again. */
export function decodeFailure(value: unknown): Failure {
  const code = stringField(value, 'code');
  if (!isFields(value) || code === undefined) return failure('PROTOCOL_ERROR');
  const hint = stringField(value, 'hint');
  const retryAfterMs = integerField(value, 'retryAfterMs');
  return {
    code: isErrorCode(code) ? code : 'INTERNAL',
    message: stringField(value, 'message') ?? code,
    retryable: value.retryable === true,
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(isFields(value.details) ? { details: value.details } : {}),
  };
}

/** `{ok, data | error}`, else a failure that says so. */
export function decodeAnswer(value: unknown): Result<unknown> {
  if (isFields(value) && value.ok === true) return { ok: true, data: value.data };
  return { ok: false, error: decodeFailure(isFields(value) ? value.error : null) };
}

/** A result whose data must have a shape. */
export function typedResult<D>(result: Result<unknown>, decode: (value: unknown) => D | null): Result<D> {
  if (!result.ok) return result;
  const data = decode(result.data);
  return data === null ? { ok: false, error: failure('PROTOCOL_ERROR') } : { ok: true, data };
}
