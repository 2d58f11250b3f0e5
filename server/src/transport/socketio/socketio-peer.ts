/** One Socket.IO connection as the service sees it. */
import type { Socket } from 'socket.io';
import { CLOSES, type CloseReason, type ServerEventName, type ServerEvents } from '../../protocol/index.ts';
import type { Peer } from '../../service/gateway.ts';
import type { FrameBatch } from '../../service/live-ports.ts';
import { cutEngine, unsentBytesOf, writeBatch } from './engine-writes.ts';

export type SocketioPeerOptions = {
  id: string;
  address: string;
  isFastPathOn: boolean;
  /** Called when this node ends the connection. */
  onCut(reason: CloseReason): void;
};

/** A class, not closures: there are as many of these as connections. */
export class SocketioPeer implements Peer {
  readonly door = 'socketio';
  readonly id: string;
  readonly address: string;
  readonly #socket: Socket;
  readonly #isFastPathOn: boolean;
  readonly #onCut: (reason: CloseReason) => void;

  constructor(socket: Socket, { id, address, isFastPathOn, onCut }: SocketioPeerOptions) {
    this.id = id;
    this.#onCut = onCut;
    this.address = address;
    this.#isFastPathOn = isFastPathOn;
    this.#socket = socket;
  }

  deliver(batch: FrameBatch): void {
    if (this.#socket.connected) writeBatch(this.#socket.conn, batch, this.#isFastPathOn);
  }

  emit<E extends ServerEventName>(event: E, payload: ServerEvents[E]): void {
    if (this.#socket.connected) this.#socket.emit(event, payload);
  }

  pendingBytes(): number {
    return unsentBytesOf(this.#socket.conn);
  }

  /** Socket.IO has no close codes: stock clients stay away after a `disconnect`, and come back after a lost connection. */
  close(reason: CloseReason): void {
    const { conn, connected } = this.#socket;
    if (conn.readyState === 'open') this.#onCut(reason);
    if (reason === 'SLOW_CONSUMER') cutEngine(conn);
    // Before its handshake is answered there is nothing to disconnect: the answer to the next one tells what is wrong.
    else if (CLOSES[reason].reconnect || !connected) conn.close();
    else this.#socket.disconnect(true);
  }
}
