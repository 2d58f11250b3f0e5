/** A whole HTTP response written to a bare socket: where there is no ServerResponse, as for upgrades. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** What is sent; `body` is JSON. */
export type RawResponse = { status: number; body: string; headers?: Readonly<Record<string, string>> };

/** How long the peer has to read the answer and hang up. */
const LINGER_MS = 1_000;

/**
 * Writes the response, ends the connection and sees that it closes. Not destroyed at once: unread input would turn the
 * close into a reset, and the peer might never see the answer. Never throws.
 */
export function writeResponse(socket: Duplex, { status, body, headers = {} }: RawResponse): void {
  const lines = Object.entries({
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.resume();
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
