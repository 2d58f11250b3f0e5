/** One connection of `/ws` as the service sees it. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import {
  type Answer,
  CLOSES,
  type CloseReason,
  type ServerEventName,
  type ServerEvents,
} from '../../protocol/index.ts';
import type { Peer } from '../../service/gateway.ts';
import type { FrameBatch } from '../../service/live-ports.ts';
import { writeBytes } from '../tcp-writes.ts';
import type { Beating, Pulse } from './heartbeat.ts';
import type { FrameId } from './parse-frame.ts';

/** Whoever does not read will not answer a close frame either: no waiting for it. */
const CUT_AT_ONCE = new Set<CloseReason>(['SLOW_CONSUMER', 'HEARTBEAT_LOST']);

export type WebsocketPeerOptions = {
  id: string;
  address: string;
  ws: WebSocket;
  /** The TCP or TLS socket below. */
  socket: Duplex;
  isFastPathOn: boolean;
  /** Called when this node ends the connection. */
  onCut(reason: CloseReason): void;
};

/** A class, not closures: there are as many of these as connections. */
export class WebsocketPeer implements Peer, Beating {
  readonly door = 'websocket';
  readonly id: string;
  readonly address: string;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #canWriteDirectly: boolean;
  readonly #onCut: (reason: CloseReason) => void;
  /** Hears that room events were written. */
  pulse: Pulse | null = null;

  constructor({ id, address, ws, socket, isFastPathOn, onCut }: WebsocketPeerOptions) {
    this.id = id;
    this.address = address;
    this.#ws = ws;
    this.#socket = socket;
    this.#canWriteDirectly = isFastPathOn && ws.extensions === '';
    this.#onCut = onCut;
  }

  isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /**
   * Without extensions `ws` hands each frame to this socket in the same turn and queues nothing itself, so bytes that go
   * to the socket are in order (`test/http/doors-ready-frames.test.ts` holds the installed version to that).
   */
  deliver(batch: FrameBatch): void {
    if (!this.isOpen()) return;
    if (!this.#canWriteDirectly) for (const frame of batch.frames) this.#ws.send(frame.websocket);
    else if (this.#socket.writable) writeBytes(this.#socket, batch.websocketBytes);
    this.pulse?.delivered();
  }

  emit<E extends ServerEventName>(event: E, payload: ServerEvents[E]): void {
    this.#send({ t: event, ...payload });
  }

  /** The answer to a request that carried an id. */
  acknowledge(id: FrameId, answer: Answer): void {
    this.#send({ t: 'ack', id, ...answer });
  }

  pendingBytes(): number {
    return this.#ws.bufferedAmount;
  }

  close(reason: CloseReason): void {
    const { code, reason: text } = CLOSES[reason];
    if (this.isOpen()) this.#onCut(reason);
    this.#ws.close(code, text);
    if (CUT_AT_ONCE.has(reason)) this.#ws.terminate();
  }

  ping(mark: string): void {
    if (this.isOpen()) this.#ws.ping(mark);
  }

  bytesRead(): number {
    return 'bytesRead' in this.#socket && typeof this.#socket.bytesRead === 'number' ? this.#socket.bytesRead : 0;
  }

  cut(reason: 'HEARTBEAT_LOST' | 'SLOW_CONSUMER'): void {
    this.close(reason);
  }

  #send(message: object): void {
    if (this.isOpen()) this.#ws.send(JSON.stringify(message));
  }
}
