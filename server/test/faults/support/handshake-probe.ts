/** Knocks again and again while something else goes on, and counts the answers by status. */
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';

const EVERY_MS = 100;
const PATIENCE_MS = 8_000;

/** A running probe. Answers are counted by status, `none` where there was none; `longestMs` is the longest anybody waited. */
export interface HandshakeProbe {
  readonly longestMs: number;
  stop(): Promise<Readonly<Record<string, number>>>;
}

/** Starts knocking at the Socket.IO door of `url`, by polling, or by upgrades at `/ws`, where 101 lets in. */
export function probeHandshakes(url: string, door: 'polling' | 'upgrade' = 'polling'): HandshakeProbe {
  const counts: Record<string, number> = {};
  const ask = door === 'polling' ? poll : upgrade;
  let isStopped = false;
  let longestMs = 0;
  const knock = async () => {
    const startedAt = performance.now();
    const status = await ask(url);
    longestMs = Math.max(longestMs, Math.round(performance.now() - startedAt));
    counts[status] = (counts[status] ?? 0) + 1;
  };
  const running = (async () => {
    while (!isStopped) {
      await knock();
      await delay(EVERY_MS);
    }
  })();
  return {
    get longestMs() {
      return longestMs;
    },
    async stop() {
      isStopped = true;
      await running;
      return counts;
    },
  };
}

async function poll(url: string): Promise<string> {
  const address = `${url}/socket.io/?EIO=4&transport=polling`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  await answer?.text().catch(() => '');
  return answer === null ? 'none' : String(answer.status);
}

async function upgrade(url: string): Promise<string> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { handshakeTimeout: PATIENCE_MS });
  try {
    return await new Promise((resolve) => {
      socket.once('open', () => resolve('101'));
      socket.once('unexpected-response', (_request, response) => resolve(String(response.statusCode)));
      socket.once('error', () => resolve('none'));
    });
  } finally {
    socket.on('error', () => undefined);
    socket.terminate();
  }
}
