/** Clients of one node that come from addresses of their own: the test plays the proxy that tells where they are. */
import { EventEmitter, once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
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

/** Somebody who waits as they are told is not refused for ever. */
const MOST_REFUSALS = 20;

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
      const ending = new EventEmitter().setMaxListeners(0);
      const onClose = (reason: string) => {
        closed.push(reason);
        ending.emit('end', reason);
      };
      const wire = await openWire({ url, door, token, headers, onEvent, onClose });
      return { wire, heard, closed, ...asksOf(wire, ending) };
    },
  };
}

/** An open connection, with what came in and how it ended. */
export type Entered = {
  wire: Wire;
  heard: { event: string; payload: unknown }[];
  closed: string[];
  /** Rejects when the connection ends before the answer. */
  ask(name: string, payload: object): Promise<Answer>;
  /** Asks again after each refusal, when it says that one may: who asks sooner is cut in the end. */
  askUntilGranted(name: string, payload: object): Promise<void>;
};

function asksOf(wire: Wire, ending: EventEmitter): Pick<Entered, 'ask' | 'askUntilGranted'> {
  const ask = (name: string, payload: object) =>
    new Promise<Answer>((resolve, reject) => {
      const fail = (reason = 'before it was asked') => reject(new Error(`no answer to ${name}: closed, ${reason}`));
      if (!wire.isOpen()) return fail();
      ending.once('end', fail);
      wire.request(name, payload, (answer) => {
        ending.off('end', fail);
        resolve(answer);
      });
    });
  return {
    ask,
    async askUntilGranted(name, payload) {
      for (let refusals = 0; refusals < MOST_REFUSALS; refusals++) {
        const answer = await ask(name, payload);
        if (answer.ok) return;
        expect(answer).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
        await delay(answer.error.retryAfterMs);
      }
      throw new Error(`${name} was refused ${MOST_REFUSALS} times, although each time as late as it was told`);
    },
  };
}

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
