/** Knocks again and again while something else goes on, and counts the answers by status. */
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 100;
const PATIENCE_MS = 8_000;

/** A running probe. Answers are counted by status, `none` where there was none. */
export interface HandshakeProbe {
  stop(): Promise<Readonly<Record<string, number>>>;
}

/** Starts knocking at the Socket.IO door of `url`. */
export function probeHandshakes(url: string): HandshakeProbe {
  const counts: Record<string, number> = {};
  let isStopped = false;
  const knock = async () => {
    const address = `${url}/socket.io/?EIO=4&transport=polling`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
    await answer?.text().catch(() => '');
    const status = answer === null ? 'none' : String(answer.status);
    counts[status] = (counts[status] ?? 0) + 1;
  };
  const running = (async () => {
    while (!isStopped) {
      await knock();
      await delay(EVERY_MS);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await running;
      return counts;
    },
  };
}
