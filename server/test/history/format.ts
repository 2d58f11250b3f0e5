/** The lines of a history: what one client sent, was told on the wire, and handed to its application. See README.md. */
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ClientMsgId, LeaveReason, Message, Position, RoomId } from '../../src/protocol/index.ts';

const place = {
  /** One client is one user for its whole life, however often it connects. */
  client: Type.String({ minLength: 1 }),
  /** Counts the client's connections from 1. */
  connection: Type.Integer({ minimum: 0 }),
  /** Unix time, ms, fractions allowed; lines of one client never go back. */
  at: Type.Number(),
};

function line<K extends string, P extends Parameters<typeof Type.Object>[0]>(kind: K, properties: P) {
  return Type.Object({ ...place, kind: Type.Literal(kind), ...properties });
}

const Seq = Type.Integer({ minimum: 0 });
const Recovered = Type.Optional(Type.Boolean());

const HistoryRecord = Type.Union([
  line('connect', { url: Type.Optional(Type.String()), door: Type.Optional(Type.String()) }),
  line('disconnect', {}),
  line('join', { roomId: RoomId, after: Type.Optional(Type.String()) }),
  line('joined', {
    roomId: RoomId,
    me: Type.String(),
    seq: Seq,
    position: Position,
    after: Type.Optional(Type.String()),
    recovered: Recovered,
    more: Type.Boolean(),
    missed: Type.Array(Message),
  }),
  line('msg', { message: Message }),
  line('resync', { roomId: RoomId, seq: Seq, position: Position }),
  line('left', { roomId: RoomId, reason: Type.Union([LeaveReason, Type.Literal('gone')]) }),
  line('leave', { roomId: RoomId }),
  line('leave_done', { roomId: RoomId }),
  line('send', { roomId: RoomId, text: Type.String(), clientMsgId: Type.Optional(ClientMsgId) }),
  line('ack', {
    roomId: RoomId,
    id: Position,
    seq: Seq,
    duplicate: Type.Boolean(),
    text: Type.String(),
    clientMsgId: Type.Optional(ClientMsgId),
  }),
  line('error', { code: Type.String(), re: Type.Optional(Type.String()), roomId: Type.Optional(Type.String()) }),
  line('page', {
    roomId: RoomId,
    after: Type.Optional(Type.String()),
    before: Type.Optional(Type.String()),
    recovered: Recovered,
    hasMore: Type.Boolean(),
    messages: Type.Array(Message),
  }),
  line('app', { message: Message }),
]);
/** One line of a history. */
export type HistoryRecord = Static<typeof HistoryRecord>;
/** The lines of one kind. */
export type RecordOf<K extends HistoryRecord['kind']> = Extract<HistoryRecord, { kind: K }>;
/** What a client says of a line; who and when is added by the recorder. */
export type Happening = HistoryRecord extends infer R
  ? R extends HistoryRecord
    ? Omit<R, 'client' | 'connection' | 'at'>
    : never
  : never;

const validator = Compile(HistoryRecord);

/** Reads a JSONL history; throws with the number of the first line that is none. Empty lines are passed over. */
export function parseHistory(jsonl: string): HistoryRecord[] {
  const records: HistoryRecord[] = [];
  for (const [index, text] of jsonl.split('\n').entries()) {
    if (text.trim() === '') continue;
    const record = parseJson(text);
    if (!validator.Check(record)) throw new Error(`line ${index + 1} is no line of a history: ${text.slice(0, 200)}`);
    records.push(record);
  }
  return records;
}

/** The JSONL text of records. */
export function formatHistory(records: readonly HistoryRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
