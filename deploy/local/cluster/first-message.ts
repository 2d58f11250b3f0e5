/** The proof that the cluster works: a message that was written on one node and read on another. */
import { connectRaw } from './raw-client.ts';

const TIMEOUT_MS = 15_000;

/** Makes a room on the first node, enters it on both, and sends a message across. Rejects where it does not arrive in time. */
export async function sendFirstMessage(
  from: string,
  to: string,
  wanted?: AbortSignal,
): Promise<{ milliseconds: number }> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  const signal = wanted === undefined ? deadline : AbortSignal.any([deadline, wanted]);
  const answer = await fetch(`${from}/api/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ creatorName: `check-${process.pid}`, title: 'first message' }),
    signal,
  });
  const { roomId, token } = createdRoom(await answer.json());
  const clients = await Promise.all([from, to].map((url) => connectRaw(url, signal)));
  try {
    for (const client of clients) {
      client.send({ t: 'join', roomId, token, id: 1 });
      await client.heard('ack', (event) => event.ok === true);
    }
    const begin = performance.now();
    const text = `first message ${begin}`;
    const [writer, reader] = clients;
    writer?.send({ t: 'msg', roomId, text, clientMsgId: 'first', id: 2 });
    await reader?.heard('msg', (event) => event.text === text);
    const milliseconds = performance.now() - begin;
    writer?.send({ t: 'leave', roomId, id: 3 });
    return { milliseconds };
  } finally {
    for (const client of clients) client.close();
  }
}

function createdRoom(body: unknown): { roomId: string; token: string } {
  const data = (body as { data?: { roomId?: unknown; token?: unknown } | null }).data;
  if (typeof data?.roomId !== 'string' || typeof data.token !== 'string') {
    throw new Error(`no room could be made: ${JSON.stringify(body)}`);
  }
  return { roomId: data.roomId, token: data.token };
}
