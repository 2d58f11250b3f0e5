/** REST as tests use it: any call, and rooms made at one node. */
import { setTimeout as delay } from 'node:timers/promises';

type Envelope = { success: boolean; data: unknown; error: { code: string } | null };

/** Asks and answers status and envelope; `token` goes into the header. */
export async function callApi(
  url: string,
  { method = 'GET', body, token }: { method?: string; body?: unknown; token?: string } = {},
): Promise<{ status: number; body: Envelope }> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(url, { method, headers, ...text, signal: AbortSignal.timeout(20_000) });
  return { status: answer.status, body: (await answer.json()) as Envelope };
}

/** As long as a node may say that it is overloaded, which a machine that runs tests side by side is at times. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 200;

/** A room with its creator's name and token. */
export async function createRoom(url: string, creatorName: string) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { status, body } = await callApi(`${url}/api/rooms`, { method: 'POST', body: { creatorName } });
    if (status === 201) return body.data as { roomId: string; userId: string; token: string; inviteUrl: string };
    const isUnready = body.error?.code === 'OVERLOADED' && performance.now() < deadline;
    if (!isUnready) throw new Error(`no room: ${JSON.stringify(body)}`);
    await delay(PAUSE_MS);
  }
}
