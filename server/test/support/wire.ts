/** One raw connection on either door, so that tests speak both alike. Callbacks run in the order of the wire. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { Answer } from '../../src/protocol/index.ts';

export type Door = 'socketio' | 'websocket';

/** `token` goes into the handshake where the door has one. `onEvent` gets every server event but answers. */
export type WireOptions = {
  url: string;
  door: Door;
  token?: string | undefined;
  headers?: Readonly<Record<string, string>>;
  /** Socket.IO only. */
  transports?: readonly ('polling' | 'websocket')[] | undefined;
  onEvent(event: string, payload: unknown): void;
  onClose(reason: string): void;
};

/** An open connection. */
export interface Wire {
  /** Asks for an answer; `onAnswer` runs when it comes off the wire, before later events. */
  request(name: string, payload: object, onAnswer: (answer: Answer) => void): void;
  /** Sends without asking for an answer. */
  emit(name: string, payload: object): void;
  isOpen(): boolean;
  close(): void;
  /** Cuts the TCP connection without a closing handshake. */
  cut(): void;
}

/** As long as a node may say that it is overloaded, which a machine that runs tests side by side is at times. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 200;

/** Connects; rejects where the door refuses. Like every client it comes again after a 503 (`OVERLOADED`, `DRAINING`). */
export async function openWire(options: WireOptions): Promise<Wire> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await (options.door === 'socketio' ? openSocketio(options) : openWebsocket(options));
    } catch (error) {
      if (!isUnready(error) || performance.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/** `ws` tells the status in its message, Engine.IO in the description of its own error. */
function isUnready(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const described: unknown = 'description' in error ? error.description : undefined;
  const text = described instanceof Error || typeof described === 'number' ? String(described) : '';
  const inner = typeof described === 'object' && described !== null && 'message' in described ? described.message : '';
  return `${error.message} ${text} ${inner}`.includes('503');
}

async function openWebsocket({ url, headers = {}, onEvent, onClose }: WireOptions): Promise<Wire> {
  const ws = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { headers });
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  ws.on('error', () => undefined);
  ws.on('message', (data) => {
    const { t, ...payload }: { t: string; id?: number } = JSON.parse(String(data));
    if (t !== 'ack') return onEvent(t, payload);
    const { id = 0, ...answer } = payload;
    waiting.get(id)?.(answer as Answer);
    waiting.delete(id);
  });
  await once(ws, 'open');
  ws.on('close', (code) => onClose(String(code)));
  return {
    request(name, payload, onAnswer) {
      lastId++;
      waiting.set(lastId, onAnswer);
      ws.send(JSON.stringify({ t: name, id: lastId, ...payload }));
    },
    emit: (name, payload) => ws.send(JSON.stringify({ t: name, ...payload })),
    isOpen: () => ws.readyState === WebSocket.OPEN,
    close: () => ws.close(),
    cut: () => ws.terminate(),
  };
}

async function openSocketio({ url, token, headers, transports, onEvent, onClose }: WireOptions): Promise<Wire> {
  const settings = {
    forceNew: true,
    reconnection: false,
    transports: [...(transports ?? ['websocket'])],
    ...(headers && { extraHeaders: headers }),
  };
  const socket: Socket = io(url, token === undefined ? settings : { ...settings, auth: { token } });
  socket.onAny((event: string, payload: unknown) => onEvent(event, payload));
  socket.on('disconnect', onClose);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
  return {
    request: (name, payload, onAnswer) => void socket.emit(name, payload, onAnswer),
    emit: (name, payload) => void socket.emit(name, payload),
    isOpen: () => socket.connected,
    close: () => void socket.disconnect(),
    cut: () => socket.io.engine.close(),
  };
}
