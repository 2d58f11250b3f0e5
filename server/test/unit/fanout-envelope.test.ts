import { expect, test } from 'vitest';
import { parseEnvelope } from '../../src/fanout/envelope.ts';
import { customFrame } from '../../src/fanout/frame.ts';
import { LIMITS } from '../../src/protocol/index.ts';

const ROOM = 'abc12345';
const parse = (payload: unknown) =>
  parseEnvelope(ROOM, Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)));
const message = (more: object = {}) =>
  JSON.stringify({ type: 'msg', roomId: ROOM, seq: 3, id: 'e1.0000000a-3', from: 'a', text: 'x', ...more });

test('a message of ours is told by its head and kept untouched', () => {
  const published = message();
  expect(parse(published)).toEqual({
    kind: 'msg',
    at: { epoch: 'e1', gen: '0000000a', seq: 3 },
    published: Buffer.from(published),
  });
});

test.each([
  ['joined', { type: 'joined' }, { change: 'joined' }],
  ['left', { type: 'left', reason: 'removed' }, { change: 'left', reason: 'removed' }],
  ['presence', { type: 'presence', status: 'offline' }, { change: 'presence', status: 'offline' }],
])('a change of members (%s) is told with its revision and place', (_, event, change) => {
  const at = { epoch: 'e1', gen: '0000000a', seq: 3 };
  const payload = { ...event, roomId: ROOM, userId: '홍길동', rev: 7, at: 'e1.0000000a-3' };
  expect(parse(payload)).toEqual({ kind: 'roster', at, rev: 7, userId: '홍길동', ...change });
});

test('typing and reads pass', () => {
  expect(parse({ type: 'typing', roomId: ROOM, userId: 'a' })).toEqual({ kind: 'typing', userId: 'a' });
  const reads = { type: 'reads', roomId: ROOM, positions: { a: 4 } };
  expect(parse(reads)).toEqual({ kind: 'reads', positions: { a: 4 } });
});

test('an event of a trusted program reaches the room under its own name', () => {
  const event = parse('{"type":"test","message":"hello","roomId":"other000"}');
  expect(event).toEqual({ kind: 'custom', event: 'test', payload: { roomId: ROOM, message: 'hello' } });
});

test('an event of a trusted program may have 8 KiB and not a byte more', () => {
  const sized = (bytes: number) => `{"type":"test","x":"${'x'.repeat(bytes - 22)}"}`;
  expect(Buffer.byteLength(sized(LIMITS.customEventBytes))).toBe(LIMITS.customEventBytes);
  expect(parse(sized(LIMITS.customEventBytes))).not.toBeNull();
  expect(parse(sized(LIMITS.customEventBytes + 1))).toBeNull();
});

test.each([
  ['a message of another room', message({ roomId: 'zzz99999' })],
  ['a message whose id is another seq', message({ id: 'e1.0000000a-4' })],
  ['a message without a position', message({ id: 'x' })],
  ['a message with its fields in another order', `{"roomId":"${ROOM}","type":"msg","seq":3}`],
  ['a change without revision', { type: 'joined', roomId: ROOM, userId: 'a', at: 'e1.0000000a-3' }],
  ['a change without place', { type: 'joined', roomId: ROOM, userId: 'a', rev: 1, at: 'nowhere' }],
  [
    'a change of another room',
    { type: 'left', roomId: 'zzz99999', userId: 'a', rev: 1, at: 'e.0000000a-1', reason: 'left' },
  ],
  ['a client event', { type: 'user_joined', roomId: ROOM, userId: 'a', rev: 1 }],
  ['a room event', { type: 'resync', seq: 4 }],
  ['an error', { type: 'error', code: 'X' }],
  ['an event of Socket.IO', { type: 'disconnect' }],
  ['a name with capitals', { type: 'Test' }],
  ['a name of 33 letters', { type: 'x'.repeat(33) }],
  ['a type that is no text', { type: 7 }],
  ['no type', { message: 'hello' }],
  ['a list', []],
  ['nothing', 'null'],
  ['broken JSON', '{"type":"test"'],
  ['no JSON', 'hello'],
  ['an empty text', ''],
])('%s is let through by nobody', (_, payload) => {
  expect(parse(payload)).toBeNull();
});

test('a field that would take the place of the type on /ws is not let through', () => {
  expect(parse({ type: 'test', t: 'msg', seq: 4 })).toBeNull();
});

test('5 000 nested lists are no reason to fall over', () => {
  const nested = (depth: number) => `{"type":"test","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(parse(nested(5_000))).toBeNull();
  const event = parse(nested(4_000));
  if (event?.kind !== 'custom') throw new Error('not let through');
  expect(customFrame(event.event, event.payload).websocket).toContain('[[[[');
});

test('a field named __proto__ is data and changes nothing', () => {
  const event = parse('{"type":"test","__proto__":{"polluted":true},"constructor":1}');
  if (event?.kind !== 'custom') throw new Error('not let through');
  expect(Object.getPrototypeOf(event.payload)).toBe(Object.prototype);
  expect('polluted' in event.payload).toBe(false);
  expect(customFrame('test', event.payload).websocket).toContain('"__proto__":{"polluted":true}');
});
