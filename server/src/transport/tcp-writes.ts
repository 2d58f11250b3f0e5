/**
 * Bytes that many connections share, handed to the kernel past the stream of `net.Socket`: its bookkeeping costs a seventh
 * of a delivery in a large room (docs/decisions/0013). Everything that is taken for granted of Node stands here;
 * `test/unit/tcp-writes.test.ts` holds the running version to it, and with `FANOUT_FAST_PATH=off` streams write.
 */
import type { Duplex } from 'node:stream';

type WriteRequest = { buffer?: Buffer; oncomplete?: (status: number) => void };
/** As Node's own streams use it; deprecated for others in words only (DEP0111). */
type StreamWrap = { WriteWrap: new () => WriteRequest; streamBaseState: Int32Array; kLastWriteWasAsync: number };
type TcpHandle = { writeBuffer(request: WriteRequest, bytes: Buffer): number };
type RawSocket = Duplex & { _handle?: (TcpHandle & { constructor: { name: string } }) | null };

let streamWrap: StreamWrap | null = null;
/** Only a write that the kernel does not take whole keeps its request. */
let spare: WriteRequest | null = null;

/** `binding` is that of the process. Answers whether this version of Node has what it takes; without this call streams write. */
export function allowDirectWrites(binding: (name: string) => unknown): boolean {
  streamWrap = findStreamWrap(binding);
  spare = streamWrap === null ? null : new streamWrap.WriteWrap();
  return spare !== null;
}

/** Writes in order with everything that was written to the stream before. The bytes must never change. */
export function writeBytes(socket: Duplex, bytes: Buffer): void {
  const handle = (socket as RawSocket)._handle;
  if (streamWrap === null || spare === null || !handle || handle.constructor.name !== 'TCP') socket.write(bytes);
  // What waits in the stream, or is only held back, goes first.
  else if (socket.writableLength > 0 || socket.writableCorked > 0) socket.write(bytes);
  else if (handle.writeBuffer(spare, bytes) !== 0) socket.destroy();
  else if (streamWrap.streamBaseState[streamWrap.kLastWriteWasAsync] !== 0) {
    holdBack(socket, spare, bytes);
    spare = new streamWrap.WriteWrap();
  }
}

/** The kernel's buffer is full: the rest is on its way, and what is written until then waits in the stream, where it is counted. */
function holdBack(socket: Duplex, request: WriteRequest, bytes: Buffer): void {
  socket.cork();
  request.buffer = bytes;
  request.oncomplete = (status) => {
    if (status < 0) socket.destroy();
    else socket.uncork();
  };
}

function findStreamWrap(binding: (name: string) => unknown): StreamWrap | null {
  try {
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = binding('stream_wrap') as Partial<StreamWrap>;
    if (!WriteWrap || !streamBaseState || kLastWriteWasAsync === undefined) return null;
    return { WriteWrap, streamBaseState, kLastWriteWasAsync };
  } catch {
    return null;
  }
}
