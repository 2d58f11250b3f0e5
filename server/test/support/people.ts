/** People of one test: clients with names that no other test has, all closed at its end. */
import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createHistory, type History } from '../history/recorder.ts';
import { connectClient, type TestClient } from './test-client.ts';
import type { Door, WireOptions } from './wire.ts';

/** Where and how somebody comes in. */
export type Arrival = { url: string; door: Door; transports?: WireOptions['transports']; token?: string };

/** A crowd; call it inside a test. */
export function gatherPeople() {
  const suffix = randomBytes(4).toString('hex');
  const history: History = createHistory();
  const clients: TestClient[] = [];
  onTestFinished(() => {
    for (const client of clients) client.close();
  });
  return {
    history,
    clients,
    /** The name that somebody of this test has. */
    nameOf: (who: string) => `${who} ${suffix}`,
    /** Somebody new, or with `token` one more tab of somebody. */
    async connect(who: string, { token, ...arrival }: Arrival): Promise<TestClient> {
      const client = await connectClient({ ...arrival, token: token ?? `${who} ${suffix}`, history });
      clients.push(client);
      return client;
    },
    /** Waits until every client that is in a room has all that was acknowledged there. */
    async settle(withinMs = 10_000): Promise<void> {
      const last = lastAcked(history);
      const waits = clients.flatMap((client) =>
        [...last].map(([roomId, seq]) => client.until(() => isCaughtUp(client, roomId, seq), withinMs)),
      );
      await Promise.all(waits);
    },
  };
}

function lastAcked(history: History): Map<string, number> {
  const last = new Map<string, number>();
  for (const record of history.records) {
    if (record.kind === 'ack') last.set(record.roomId, Math.max(record.seq, last.get(record.roomId) ?? 0));
  }
  return last;
}

/** Somebody without a connection, or not in the room, waits for nothing. */
function isCaughtUp(client: TestClient, roomId: string, seq: number): boolean {
  const room = client.rooms.get(roomId);
  return !client.isOpen || !room?.isIn || room.lastSeq >= seq;
}
export type People = ReturnType<typeof gatherPeople>;
