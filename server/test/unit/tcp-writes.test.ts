/** Holds the running version of Node to what `tcp-writes.ts` takes for granted of it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allowDirectWrites, writeBytes } from '../../src/transport/tcp-writes.ts';
import { allowNativeWrites } from '../support/native-writes.ts';

let server: Server;
let near: Socket;
let far: Socket;
beforeEach(async () => {
  expect(allowNativeWrites()).toBe(true);
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [far] = (await accepted) as [Socket];
});
afterEach(() => {
  near.destroy();
  far.destroy();
  server.close();
});

const MIB = 1024 * 1024;
const numbered = (n: number, size: number) => Buffer.alloc(size, `${String(n).padStart(7, '0')} `);

/** Reads until so many bytes have come. */
async function read(socket: Socket, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let got = 0;
  for await (const chunk of socket) {
    chunks.push(chunk);
    got += chunk.length;
    if (got >= size) break;
  }
  return Buffer.concat(chunks);
}

test('bytes go to the kernel in the same turn, and nothing of them waits in the stream', async () => {
  const before = near.bytesWritten;
  let writes = 0;
  const { write } = near;
  near.write = (...args: unknown[]) => {
    writes++;
    return Reflect.apply(write, near, args);
  };
  writeBytes(far, Buffer.from('one'));
  writeBytes(near, Buffer.from('two'));
  expect([near.writableLength, near.bytesWritten - before, writes]).toEqual([0, 3, 0]);
  expect((await read(far, 3)).toString()).toBe('two');
});

test('what the kernel does not take is sent later, in order with what the stream is given before and after', async () => {
  const parts = Array.from({ length: 64 }, (_, n) => numbered(n, n % 3 === 0 ? MIB : 4_096));
  parts.forEach((part, n) => {
    if (n % 2 === 0) writeBytes(near, part);
    else near.write(part);
  });
  const expected = Buffer.concat(parts);
  const got = await read(far, expected.length);
  expect(got.equals(expected)).toBe(true);
  expect([near.writableLength, near.writableCorked]).toEqual([0, 0]);
});

test('what waits is counted by the stream, where those who read too slowly are looked for', async () => {
  const parts = Array.from({ length: 24 }, (_, n) => numbered(n, MIB));
  for (const part of parts) writeBytes(near, part);
  expect(near.writableLength).toBeGreaterThan(4 * MIB);
  const got = await read(far, parts.length * MIB);
  expect(got.equals(Buffer.concat(parts))).toBe(true);
  expect(near.writableLength).toBe(0);
});

test('a stream that is corked is not overtaken', async () => {
  near.cork();
  near.write('first ');
  writeBytes(near, Buffer.from('second'));
  near.uncork();
  expect((await read(far, 12)).toString()).toBe('first second');
});

test('a connection that is gone, or was given up with bytes on their way, ends and throws nothing', async () => {
  const closed = once(near, 'close');
  near.on('error', () => undefined);
  writeBytes(near, numbered(1, 16 * MIB));
  near.destroy();
  await closed;
  writeBytes(near, Buffer.from('too late'));
  expect(near.destroyed).toBe(true);
});

test('what is no TCP connection is written as a stream', () => {
  const stream = new PassThrough();
  writeBytes(stream, Buffer.from('text'));
  expect(String(stream.read())).toBe('text');
});

test('on a Node that has no such thing, streams write', async () => {
  expect(allowDirectWrites(() => ({}))).toBe(false);
  writeBytes(near, Buffer.from('as ever'));
  expect((await read(far, 7)).toString()).toBe('as ever');
});
