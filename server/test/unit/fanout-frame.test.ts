import { createRequire } from 'node:module';
import { Decoder } from 'socket.io-parser';
import { expect, test } from 'vitest';
import { batchOf, customFrame, eventFrame, messageFrame } from '../../src/fanout/frame.ts';
import type { Frame } from '../../src/service/live-ports.ts';

/** What `ws` itself would write, unmasked: its own frame function is no part of its types. */
const { Sender } = createRequire(import.meta.url)('ws');
function framedByWs(text: string): Buffer {
  const body = Buffer.from(text);
  const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };
  return Buffer.concat(Sender.frame(body, options));
}

const HEAD = '{"type":"msg","roomId":"abc12345","seq":1,"id":"e.00000001-1","from":"a","text":"';
const published = (text: string) => Buffer.from(`${HEAD}${text}","timestamp":"2025-01-01T00:00:00.000Z"}`);

function decoded(frame: Frame): unknown {
  const packets: unknown[] = [];
  const decoder = new Decoder();
  decoder.on('decoded', ({ data }) => void packets.push(data));
  decoder.add(frame.socketio);
  return packets[0];
}

test('a published message becomes one packet and one text without being parsed', () => {
  const frame = messageFrame(published('안녕 🎉'));
  const { type: _, ...message } = JSON.parse(published('안녕 🎉').toString());
  expect(decoded(frame)).toEqual(['msg', message]);
  expect(JSON.parse(frame.websocket)).toEqual({ t: 'msg', ...message });
  expect(frame.socketio.startsWith('2["msg",{"roomId"')).toBe(true);
});

test('events of ours and of trusted programs look alike', () => {
  const typing = eventFrame('typing', { roomId: 'abc12345', userId: '홍길동' });
  expect(typing.socketio).toBe('2["typing",{"roomId":"abc12345","userId":"홍길동"}]');
  expect(typing.websocket).toBe('{"t":"typing","roomId":"abc12345","userId":"홍길동"}');
  const payload = { roomId: 'abc12345', message: 'hello' };
  expect(decoded(customFrame('test', payload))).toEqual(['test', payload]);
});

test.each([124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537])(
  'bytes of %i-byte texts are those ws writes',
  (length) => {
    for (const door of ['socketio', 'websocket'] as const) {
      const text = (frame: Frame) => (door === 'socketio' ? `4${frame.socketio}` : frame.websocket);
      const bytes = (frame: Frame) =>
        door === 'socketio' ? batchOf([frame]).socketioBytes : batchOf([frame]).websocketBytes;
      const empty = Buffer.byteLength(text(customFrame('x', { roomId: '' })));
      const frame = customFrame('x', { roomId: 'r'.repeat(length - empty) });
      expect(Buffer.byteLength(text(frame))).toBe(length);
      expect(bytes(frame).equals(framedByWs(text(frame)))).toBe(true);
    }
  },
);

test('the length counts bytes, not characters', () => {
  const frame = messageFrame(published('한'.repeat(21_000)));
  const { websocketBytes } = batchOf([frame]);
  expect(websocketBytes.equals(framedByWs(frame.websocket))).toBe(true);
  expect(websocketBytes[1]).toBe(126);
});

test('a batch is its frames one behind the other, whatever their lengths', () => {
  const frames = [
    messageFrame(published('짧은 글')),
    customFrame('test', { roomId: 'r'.repeat(70_000) }),
    eventFrame('typing', { roomId: 'abc12345', userId: '홍길동' }),
    customFrame('test', { roomId: 'r'.repeat(300) }),
  ];
  const batch = batchOf(frames);
  const socketio = frames.map((frame) => framedByWs(`4${frame.socketio}`));
  expect(batch.socketioBytes.equals(Buffer.concat(socketio))).toBe(true);
  expect(batch.websocketBytes.equals(Buffer.concat(frames.map(({ websocket }) => framedByWs(websocket))))).toBe(true);
});

test('a batch is encoded once for all connections of a door', () => {
  const batch = batchOf([messageFrame(published('hello'))]);
  expect(batch.socketioBytes).toBe(batch.socketioBytes);
  expect(batch.websocketBytes).toBe(batch.websocketBytes);
  expect(batch.socketioBytes).not.toBe(batch.websocketBytes);
});
