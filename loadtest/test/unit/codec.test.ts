/** The codec that k6 uses says and understands what the official parsers say and understand. */
import { decodePacket, type Packet as EnginePacket, encodePacket } from 'engine.io-parser';
import fc from 'fast-check';
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';
import { expect, test } from 'vitest';
import { decode, encodeConnect, encodeDisconnect, encodeEvent, encodePong } from '../../src/codec.ts';

/** What a server reads out of a frame: Engine.IO first, then Socket.IO. */
function readOfficially(frame: string): Packet {
  const { type, data } = decodePacket(frame);
  expect(type).toBe('message');
  const decoder = new Decoder();
  const packets: Packet[] = [];
  decoder.on('decoded', (packet) => packets.push(packet));
  decoder.add(data);
  expect(packets).toHaveLength(1);
  return packets[0] as Packet;
}

/** The frame a server writes. */
function writeOfficially(packet: Packet): string {
  const [data] = new Encoder().encode(packet);
  return engineFrame({ type: 'message', data });
}

function engineFrame(packet: EnginePacket): string {
  let frame = '';
  encodePacket(packet, false, (encoded) => {
    frame = String(encoded);
  });
  return frame;
}

const names = fc.string({ minLength: 1, unit: 'grapheme' });
const payloads = fc.jsonValue({ noUnicodeString: false } as object).filter((value) => value !== undefined);
const ids = fc.nat({ max: 2 ** 31 });

test('an event that k6 writes is read by the server as it was meant, with and without an id', () => {
  fc.assert(
    fc.property(names, payloads, fc.option(ids), (name, payload, id) => {
      const packet = readOfficially(encodeEvent(name, payload, id));
      expect(packet).toMatchObject({ type: PacketType.EVENT, nsp: '/' });
      expect(packet.id).toBe(id ?? undefined);
      expect(packet.data).toEqual([name, JSON.parse(JSON.stringify(payload))]);
    }),
  );
});

test('an event of the server is read as it was meant', () => {
  fc.assert(
    fc.property(names, fc.array(payloads), fc.option(ids), (name, args, id) => {
      const frame = writeOfficially({
        type: PacketType.EVENT,
        nsp: '/',
        data: [name, ...args],
        ...(id === null ? {} : { id }),
      });
      expect(decode(frame)).toEqual({ type: 'event', name, args: JSON.parse(JSON.stringify(args)), id });
    }),
  );
});

test('an answer of the server is read with its id', () => {
  fc.assert(
    fc.property(ids, fc.array(payloads), (id, args) => {
      const frame = writeOfficially({ type: PacketType.ACK, nsp: '/', data: args, id });
      expect(decode(frame)).toEqual({ type: 'ack', id, args: JSON.parse(JSON.stringify(args)) });
    }),
  );
});

test('entering and leaving the namespace are what the server expects', () => {
  expect(readOfficially(encodeConnect({ token: '홍길동' }))).toMatchObject({
    type: PacketType.CONNECT,
    data: { token: '홍길동' },
  });
  expect(readOfficially(encodeDisconnect())).toMatchObject({ type: PacketType.DISCONNECT, nsp: '/' });
});

test('being let in, refused and sent away are told apart', () => {
  const connect = writeOfficially({ type: PacketType.CONNECT, nsp: '/', data: { sid: 'n1.abc' } });
  const refused = writeOfficially({ type: PacketType.CONNECT_ERROR, nsp: '/', data: { message: 'UNAUTHORIZED' } });
  const away = writeOfficially({ type: PacketType.DISCONNECT, nsp: '/', data: undefined });

  expect(decode(connect)).toEqual({ type: 'connect', sid: 'n1.abc' });
  expect(decode(refused)).toEqual({ type: 'connect_error', data: { message: 'UNAUTHORIZED' } });
  expect(decode(away)).toEqual({ type: 'disconnect' });
});

test.for(['close', 'noop', 'pong'] as const)('the frame %s of Engine.IO is known', (type) => {
  expect(decode(engineFrame({ type }))).toEqual({ type });
});

test('a ping carries its data back in the pong', () => {
  expect(decode(engineFrame({ type: 'ping', data: 'probe' }))).toEqual({ type: 'ping', data: 'probe' });
  expect(decodePacket(encodePong('probe'))).toEqual({ type: 'pong', data: 'probe' });
  expect(decodePacket(encodePong())).toMatchObject({ type: 'pong' });
});

test('the handshake is read', () => {
  const handshake = { sid: 'n1.abc', pingInterval: 10_000 };
  expect(decode(engineFrame({ type: 'open', data: JSON.stringify(handshake) }))).toEqual({ type: 'open', handshake });
});

test('no frame makes it throw', () => {
  const frames = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `4${rest}`),
    fc.string().map((rest) => `42${rest}`),
  );
  for (const frame of fc.sample(frames, 1_000)) expect(decode(frame)).toHaveProperty('type');
});
