/** What comes in on `chan:<roomId>`, told apart: ours (ordered), ours (passing), a trusted program's, or nothing we let through. */
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  isCustomEventName,
  LeaveReason,
  LIMITS,
  type ParsedPosition,
  PresenceStatus,
  parsePosition,
} from '../protocol/index.ts';

/** A message, its JSON untouched, in UTF-8. */
export type MessageEvent = { kind: 'msg'; at: ParsedPosition; published: Buffer };
/** A change of members or presence; `at` is where the room stood. */
export type RosterEvent = { kind: 'roster'; at: ParsedPosition; rev: number; userId: string } & RosterChange;
export type RosterChange =
  | { change: 'joined' }
  | { change: 'left'; reason: LeaveReason }
  | { change: 'presence'; status: PresenceStatus };
/** What is told once and never repaired. */
export type PassingEvent =
  | { kind: 'typing'; userId: string }
  | { kind: 'reads'; positions: Record<string, number> }
  | { kind: 'custom'; event: string; payload: { roomId: string } };
export type BusEvent = MessageEvent | RosterEvent | PassingEvent;

const MESSAGE =
  /^\{"type":"msg","roomId":"([a-z0-9]{8})","seq":(\d{1,15}),"id":"([a-z0-9]{1,16})\.([a-f0-9]{8})-(\d{1,15})",/;

/** The head of a message ends before this. */
const HEAD_BYTES = 128;

const base = { roomId: Type.String(), userId: Type.String(), rev: Type.Integer({ minimum: 1 }), at: Type.String() };
const RosterPayload = Compile(
  Type.Union([
    Type.Object({ type: Type.Literal('joined'), ...base }),
    Type.Object({ type: Type.Literal('left'), ...base, reason: LeaveReason }),
    Type.Object({ type: Type.Literal('presence'), ...base, status: PresenceStatus }),
  ]),
);
const TypingPayload = Compile(
  Type.Object({ type: Type.Literal('typing'), roomId: Type.String(), userId: Type.String() }),
);
const ReadsPayload = Compile(
  Type.Object({
    type: Type.Literal('reads'),
    roomId: Type.String(),
    positions: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
  }),
);
const AnyPayload = Compile(Type.Object({ type: Type.String() }));

/** Reads a publication; null for what is not JSON, has no usable type, is too large, or imitates what is ours. */
export function parseEnvelope(roomId: string, published: Buffer): BusEvent | null {
  const match = MESSAGE.exec(published.toString('latin1', 0, HEAD_BYTES));
  if (match) return parseMessageHeader(roomId, published, match);
  let payload: unknown;
  try {
    payload = JSON.parse(published.toString());
  } catch {
    return null;
  }
  return parseRoster(roomId, payload) ?? parsePassing(roomId, payload) ?? parseCustom(roomId, payload, published);
}

/** Only the head is read: the rest was made by our own script and goes out as it is. Copied, since it is kept. */
function parseMessageHeader(roomId: string, published: Buffer, match: RegExpExecArray): MessageEvent | null {
  const [, room, seq, epoch = '', gen = '', positionSeq] = match;
  if (room !== roomId || seq !== positionSeq) return null;
  return { kind: 'msg', at: { epoch, gen, seq: Number(seq) }, published: Buffer.from(published) };
}

function parseRoster(roomId: string, payload: unknown): RosterEvent | null {
  if (!RosterPayload.Check(payload) || payload.roomId !== roomId) return null;
  const at = parsePosition(payload.at);
  if (!at) return null;
  const common = { kind: 'roster', at, rev: payload.rev, userId: payload.userId } as const;
  if (payload.type === 'joined') return { ...common, change: 'joined' };
  if (payload.type === 'left') return { ...common, change: 'left', reason: payload.reason };
  return { ...common, change: 'presence', status: payload.status };
}

function parsePassing(roomId: string, payload: unknown): PassingEvent | null {
  if (TypingPayload.Check(payload) && payload.roomId === roomId) return { kind: 'typing', userId: payload.userId };
  if (ReadsPayload.Check(payload) && payload.roomId === roomId) return { kind: 'reads', positions: payload.positions };
  return null;
}

function parseCustom(roomId: string, payload: unknown, published: Buffer): PassingEvent | null {
  if (!AnyPayload.Check(payload) || !isCustomEventName(payload.type)) return null;
  if (published.length > LIMITS.customEventBytes) return null;
  // On /ws `t` is the type: a field of that name would take its place.
  if (Object.hasOwn(payload, 't')) return null;
  const { type, ...rest } = payload;
  const fields = Object.entries(rest).filter(([name]) => name !== 'roomId');
  return { kind: 'custom', event: type, payload: { roomId, ...Object.fromEntries(fields) } };
}
