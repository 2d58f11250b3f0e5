/** Which TCP ports of this machine are free, and whether somebody answers on one. */
import { type AddressInfo, connect, createServer } from 'node:net';

/** Why a port cannot be listened on: an error code such as `EADDRINUSE` or `EACCES`; null where it can. */
export function portProblem(port: number, host = '127.0.0.1'): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(null)));
  });
}

/**
 * The first free port from `from` on. Start below 32768: a port in the range the system gives to outgoing connections
 * may be taken by one of nginx's while its owner restarts.
 */
export async function findFreePort(from: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = from; port < from + 2000; port += 1) {
    if (!taken.has(port) && (await portProblem(port)) === null) return port;
  }
  throw new Error(`no free port between ${from} and ${from + 2000}`);
}

/** A port that is free now, anywhere: for tests, which run side by side. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** What a server says to `line` within `timeoutMs`; null when nobody listens or nothing comes. */
export function askLine(port: number, line: string, timeoutMs = 1000): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs }, () => socket.write(line));
    const end = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString('utf8')));
    socket
      .once('timeout', () => end(null))
      .once('error', () => end(null))
      .once('close', () => end(null));
  });
}
