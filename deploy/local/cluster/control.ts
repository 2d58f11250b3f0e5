/** The launcher's Unix socket: other commands ask it to stop, or to restart nodes, and read what it says meanwhile. */
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** One request of one line of JSON. */
export type ControlRequest = { do: 'stop' } | { do: 'restart-node'; node: string } | { do: 'rolling-restart' };

/** One line of an answer: something to show, or the end. */
type ControlReply = { say: string } | { end: 'ok' } | { end: 'failed'; reason: string };

/** Carries a request out; `tell` sends a line to whoever asked. */
export type ControlHandler = (request: ControlRequest, tell: (line: string) => void) => Promise<void>;

// the system allows about 104 bytes for the path of a socket
const LONGEST_PATH = 100;

/** Where the socket of a `.c2c` folder is. */
export function controlPath(home: string): string {
  const path = join(home, 'control.sock');
  return path.length <= LONGEST_PATH ? path : join(tmpdir(), `c2c-${process.pid}.sock`);
}

/** Listens until closed. Only this user may connect. */
export async function listenForControl(path: string, handle: ControlHandler): Promise<{ close(): void }> {
  rmSync(path, { force: true });
  const server = createServer((socket) => void serve(socket, handle));
  const mask = process.umask(0o077);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve)).finally(() =>
    process.umask(mask),
  );
  // a terminal that is forgotten must not keep the launcher alive
  server.unref();
  return { close: () => void server.close() };
}

async function serve(socket: Socket, handle: ControlHandler): Promise<void> {
  socket.on('error', () => socket.destroy());
  const reply = (message: ControlReply) => socket.writable && socket.write(`${JSON.stringify(message)}\n`);
  for await (const line of createInterface({ input: socket })) {
    try {
      await handle(readRequest(line), (text) => reply({ say: text }));
      reply({ end: 'ok' });
    } catch (error) {
      reply({ end: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
    socket.end();
  }
}

function readRequest(line: string): ControlRequest {
  const { do: verb, node } = JSON.parse(line) as { do?: unknown; node?: unknown };
  if (verb === 'stop' || verb === 'rolling-restart') return { do: verb };
  if (verb === 'restart-node' && typeof node === 'string') return { do: verb, node };
  throw new Error('the launcher does not understand this request');
}

/** Asks the launcher. Rejects with its reason; a launcher that goes away after `stop` has done what was asked. */
export async function askLauncher(path: string, request: ControlRequest, show: (line: string) => void): Promise<void> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => socket.destroy());
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const reply = JSON.parse(line) as ControlReply;
    if ('say' in reply) show(reply.say);
    else if (reply.end === 'ok') return;
    else throw new Error(reply.reason);
  }
  if (request.do !== 'stop') throw new Error('the launcher has ended');
}
