/** Clients of one node that come from addresses of their own: the test plays the proxy that tells where they are. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { Answer } from '../../src/protocol/index.ts';
import { type Door, openWire, type Wire } from './wire.ts';

/** Settings of a node that believes the test, counts every address and lets no busy machine pass for an overloaded node. */
export const BEHIND_PROXY = {
  TRUSTED_PROXIES: '127.0.0.1',
  TRUSTED_LOAD_ADDRESSES: '192.0.2.1',
  OVERLOAD_DELAY_MS: '60000',
} as const;

/** What a door or REST answered; `code` of the envelope, null where it went well. */
export type Told = { status: number; code: string | null; retryAfter: string | null; body: unknown };

let last = 0;

/** An address that nobody has used yet. */
export function freshAddress(): string {
  last++;
  return `198.51.${100 + (last >> 8)}.${last & 255}`;
}

/** One client of `url` that comes from `address`. */
export function strangerFrom(address: string, url: string) {
  const headers = { 'x-forwarded-for': address };
  return {
    /** A REST call. */
    async call(path: string, { method = 'GET', body, token }: { method?: string; body?: object; token?: string } = {}) {
      const more: Record<string, string> = { ...headers };
      if (body) more['content-type'] = 'application/json';
      if (token) more.authorization = `Bearer ${token}`;
      const answer = await fetch(`${url}${path}`, { method, headers: more, body: body ? JSON.stringify(body) : null });
      return toldBy(answer.status, await answer.text(), answer.headers.get('retry-after'));
    },
    /** A handshake and nothing more: on Socket.IO by polling, on /ws the upgrade. Status 101 or 200 lets in. */
    knock: (door: Door) => (door === 'socketio' ? knockSocketio(url, headers) : knockWebsocket(url, headers)),
    /** A connection that keeps what it hears; `token` stands in the handshake where the door has one. */
    async enter(door: Door, token?: string): Promise<Entered> {
      const heard: Entered['heard'] = [];
      const closed: string[] = [];
      const onEvent = (event: string, payload: unknown) => void heard.push({ event, payload });
      const onClose = (reason: string) => void closed.push(reason);
      const wire = await openWire({ url, door, token, headers, onEvent, onClose });
      const ask = (name: string, payload: object) =>
        new Promise<Answer>((resolve) => wire.request(name, payload, resolve));
      return { wire, heard, closed, ask };
    },
  };
}

/** An open connection, with what came in and how it ended. */
export type Entered = {
  wire: Wire;
  heard: { event: string; payload: unknown }[];
  closed: string[];
  ask(name: string, payload: object): Promise<Answer>;
};

async function knockSocketio(url: string, headers: Record<string, string>): Promise<Told> {
  const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
  return toldBy(answer.status, await answer.text(), answer.headers.get('retry-after'));
}

async function knockWebsocket(url: string, headers: Record<string, string>): Promise<Told & { ws?: WebSocket }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });
  ws.on('error', () => undefined);
  const refused = once(ws, 'unexpected-response');
  const opened = once(ws, 'open').then(() => null);
  const answer = await Promise.race([opened, refused]);
  if (answer === null) return { ws, ...toldBy(101, '', null) };
  const [, response] = answer;
  return toldBy(response.statusCode, await text(response), response.headers['retry-after'] ?? null);
}

function toldBy(status: number, body: string, retryAfter: string | null): Told {
  const json: unknown = body.startsWith('{') ? JSON.parse(body) : null;
  const { error } = (json ?? {}) as { error?: { code: string } | null };
  return { status, code: error?.code ?? null, retryAfter, body: json };
}

/** A sample of the node's metrics page; 0 where nobody has counted yet. */
export async function sampleOf(url: string, name: string, label = ''): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const line = page.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(label));
  return Number(line?.split(' ').at(-1) ?? 0);
}
