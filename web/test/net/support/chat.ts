/** A scripted server and clients on it that end with the test. */
import { afterEach } from 'vitest';
import WebSocket from 'ws';
import { type Client, type ClientOptions, createClient, type Room, type TapRecord } from '../../../src/net/client.ts';
import { ScriptedServer } from './scripted-server.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server for this test. */
export async function startServer(): Promise<ScriptedServer> {
  const server = await ScriptedServer.start();
  ends.push(() => server.close());
  return server;
}

/** A client for this test that loses no time. */
export function startClient(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    ...{ url, WebSocket, door: 'websocket', name: 'user1', backoff: { baseMs: 4, capMs: 16 } },
    ...options,
  });
  ends.push(() => client.close());
  return client;
}

/** The seqs the application has been given in a room, in the order in which it was, and gaps as their reason. */
export function recordEvents(room: Room): (number | string)[] {
  const seen: (number | string)[] = [];
  room.events.subscribe((event) => {
    if (event.type === 'message') seen.push(event.message.seq);
    else if (event.type === 'gap') seen.push(event.reason);
  });
  return seen;
}

/** A tap that keeps everything. */
export function recordTap(): { records: TapRecord[]; tap: (record: TapRecord) => void } {
  const records: TapRecord[] = [];
  return { records, tap: (record) => records.push(record) };
}
