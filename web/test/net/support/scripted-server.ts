/** A real WebSocket server on a free port that speaks the protocol and misbehaves on demand. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { ScriptedRoom } from './scripted-room.ts';

/** A frame of a client. */
export type ClientFrame = {
  t: string;
  id?: number;
  before?: string;
  after?: string;
  limit?: number;
  [field: string]: unknown;
};

/** One connection, as the server sees it. */
export type Connection = { socket: WebSocket; number: number; user: string; rooms: Set<string> };

/** What to do with a frame: handle it as usual, ignore it, or something of the test's own. */
export type Script = (connection: Connection, frame: ClientFrame, usual: () => void) => void;

/** See the file's sentence. */
export class ScriptedServer {
  readonly frames: (ClientFrame & { connection: number })[] = [];
  readonly connections = new Set<Connection>();
  readonly rooms = new Map<string, ScriptedRoom>();
  script: Script = (_connection, _frame, usual) => usual();
  /** How many of the next handshakes are refused with 503. */
  refuseHandshakes = 0;
  refused = 0;
  /** Who made every room. */
  creator = '';
  missedLimit = 200;
  #opened = 0;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor(http: Server) {
    this.#http = http;
    http.on('upgrade', (request, socket, head) => {
      if (this.refuseHandshakes > 0) {
        this.refuseHandshakes -= 1;
        this.refused += 1;
        socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted));
    });
  }

  /** Listens on a free port of this machine. */
  static async start(): Promise<ScriptedServer> {
    const http = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return new ScriptedServer(http);
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  room(roomId: string): ScriptedRoom {
    const room = this.rooms.get(roomId) ?? new ScriptedRoom(roomId);
    this.rooms.set(roomId, room);
    return room;
  }

  /** A message from nowhere, to everyone in the room. */
  say(roomId: string, from: string, text: string): void {
    this.broadcast(roomId, { t: 'msg', ...this.room(roomId).append(from, text).message });
  }

  broadcast(roomId: string, frame: Record<string, unknown>): void {
    for (const connection of this.connections) if (connection.rooms.has(roomId)) this.send(connection, frame);
  }

  send({ socket }: Connection, frame: Record<string, unknown>): void {
    socket.send(JSON.stringify(frame));
  }

  /** Cuts every connection without a word. */
  cutAll(): void {
    for (const { socket } of this.connections) socket.terminate();
  }

  /** How often something was asked for. */
  count(type: string): number {
    return this.frames.filter(({ t }) => t === type).length;
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #accept(socket: WebSocket): void {
    this.#opened += 1;
    const connection = { socket, number: this.#opened, user: '', rooms: new Set<string>() };
    this.connections.add(connection);
    socket.on('close', () => this.connections.delete(connection));
    socket.on('message', (data) => {
      const frame: ClientFrame = JSON.parse(String(data));
      this.frames.push({ ...frame, connection: connection.number });
      this.script(connection, frame, () => this.handle(connection, frame));
    });
  }

  /** What a server that behaves does. */
  handle(connection: Connection, frame: ClientFrame): void {
    const ack = (data: unknown) => this.send(connection, { t: 'ack', id: frame.id, ok: true, data });
    if (frame.t === 'join') ack(this.join(connection, frame));
    else if (frame.t === 'history') ack(this.room(String(frame.roomId)).page(frame));
    else if (frame.t === 'msg') ack(this.#message(connection, frame));
    else if (frame.id !== undefined) ack({});
  }

  /** The answer of a join. */
  join(connection: Connection, frame: ClientFrame): Record<string, unknown> {
    const room = this.room(String(frame.roomId));
    connection.user = String(frame.token).replace(/^eyJ\.(.*)\.x$/, '$1');
    connection.rooms.add(room.roomId);
    room.members.add(connection.user);
    const answer = {
      ...{ roomId: room.roomId, title: null, me: connection.user, rev: room.rev, reads: {}, seq: room.seq },
      ...{ members: [...room.members], online: [...room.members], position: room.position, missed: [], more: false },
      ...(connection.user === this.creator ? { isCreator: true } : {}),
      ...{ memberCount: room.members.size, onlineCount: room.members.size, token: `eyJ.${connection.user}.x` },
    };
    if (typeof frame.after !== 'string') return answer;
    if (!room.isGood(frame.after)) return { ...answer, recovered: false };
    const missed = room.since(frame.after);
    return {
      ...answer,
      recovered: true,
      missed: missed.slice(0, this.missedLimit),
      more: missed.length > this.missedLimit,
    };
  }

  #message(connection: Connection, frame: ClientFrame) {
    const room = this.room(String(frame.roomId));
    const { message, duplicate } = room.append(connection.user, String(frame.text), String(frame.clientMsgId));
    if (!duplicate) this.broadcast(room.roomId, { t: 'msg', ...message });
    return { id: message.id, seq: message.seq, timestamp: message.timestamp, duplicate };
  }
}
