/** People who only listen, on raw sockets: they follow `drain` to another address and can be made to stop reading. */
import { once } from 'node:events';
import WebSocket from 'ws';

/** `url` is where they begin, `elsewhere` where they go when told to. */
export type IdleOptions = { count: number; url: string; elsewhere: string; roomId: string; name: string };

/** A group of them. */
export interface IdleSockets {
  /** When each came back elsewhere, on the clock of `performance.now`. */
  readonly reconnects: readonly number[];
  /** How many connections have ended. */
  readonly ended: number;
  /** None of them reads any more. */
  stall(): void;
  close(): void;
}

/** Resolves when all are in the room. */
export async function startIdleSockets(options: IdleOptions): Promise<IdleSockets> {
  const sockets = new Set<WebSocket>();
  const reconnects: number[] = [];
  let ended = 0;
  const enter = async (url: string, token: string): Promise<string> => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      ended++;
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ t: 'join', roomId: options.roomId, token }));
    const own = await joinedToken(socket);
    socket.on('message', (data) => {
      const drain = /"t":"drain".*?"reconnectInMs":(\d+)/.exec(String(data));
      if (drain !== null) setTimeout(() => void comeBack(own ?? token), Number(drain[1]));
    });
    return own ?? token;
  };
  const comeBack = async (token: string) => {
    reconnects.push(performance.now());
    await enter(options.elsewhere, token);
  };
  for (let index = 0; index < options.count; index++) await enter(options.url, `${options.name} ${index}`);
  return {
    reconnects,
    get ended() {
      return ended;
    },
    stall() {
      for (const socket of sockets) socket.pause();
    },
    close() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

function joinedToken(socket: WebSocket): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('closed before it was in the room')));
    const listen = (data: WebSocket.RawData) => {
      const frame = JSON.parse(String(data)) as { t?: string; token?: string; code?: string };
      if (frame.t === 'error') reject(new Error(`refused: ${frame.code}`));
      if (frame.t !== 'joined') return;
      socket.off('message', listen);
      resolve(frame.token);
    };
    socket.on('message', listen);
  });
}
