/** Clients that behave as real ones do when things break: connect elsewhere, join again with `after`, send again. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Refused, type TestClient } from './test-client.ts';

/** What to send, and the name that makes sending it again safe. */
export type Draft = { text: string; clientMsgId: string };

const PAUSE_MS = 50;

/** From now on the client comes back to `roomId` by itself, to the next of `urls` that lets it in, until it is stopped. */
export function keepComingBack(client: TestClient, roomId: string, urls: readonly string[]): { stop(): void } {
  let isStopped = false;
  let attempt = urls.indexOf(client.url);

  async function comeBack(): Promise<void> {
    while (!isStopped) {
      attempt++;
      try {
        await client.connect(urls[attempt % urls.length]);
        await client.rejoin(roomId);
        return;
      } catch {
        await delay(PAUSE_MS);
      }
    }
  }
  let isComingBack = false;
  function comeBackOnce(): void {
    // An attempt that fails closes too; it is tried again by the same loop.
    if (isComingBack || isStopped) return;
    isComingBack = true;
    void comeBack().finally(() => {
      isComingBack = false;
      if (!client.isOpen) comeBackOnce();
    });
  }
  client.onClosed = comeBackOnce;
  return {
    stop() {
      isStopped = true;
      client.onClosed = () => undefined;
    },
  };
}

/** Sends until it is acknowledged, always the same message; rejects where the server says that trying again is no use. */
export async function sendSurely(client: TestClient, roomId: string, draft: Draft | string): Promise<void> {
  const { text, clientMsgId } = typeof draft === 'string' ? { text: draft, clientMsgId: randomUUID() } : draft;
  const since = client.rooms.get(roomId)?.lastId;
  for (;;) {
    await client.until(() => client.isOpen && client.rooms.get(roomId)?.isIn, 30_000);
    try {
      await client.send(roomId, text, { clientMsgId, ...(since === undefined ? {} : { since }) });
      return;
    } catch (error) {
      if (error instanceof Refused && !error.error.retryable) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/** Says `count` things, one after the other. */
export async function talk(client: TestClient, roomId: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await sendSurely(client, roomId, `${client.name}: ${n} 🙂`);
}
