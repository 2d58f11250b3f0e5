/** Which door to knock at, and how each is opened. */
import { nativeWebSocket, type WebSocketConstructor } from './platform.ts';
import type { SocketIoTransport } from './socketio-wire.ts';
import { openWebSocketWith } from './websocket-wire.ts';
import type { Door, Frame, OpenWire, Wire, WireListener, WireTarget } from './wire.ts';

/** What decides about doors: `auto` tries `/ws` first and Socket.IO where a WebSocket cannot be opened. */
export type DoorOptions = {
  door: Door | 'auto';
  WebSocket?: WebSocketConstructor | undefined;
  transports?: readonly SocketIoTransport[] | undefined;
};

/**
 * Chooses the door of each attempt. A door that has worked is kept until it failed three times in a row; before any has
 * worked they take turns, because a refused WebSocket and a server that is away look the same from here.
 */
export class DoorPolicy {
  readonly #fixed: Door | null;
  #worked: Door | null = null;
  #failures = 0;

  constructor(door: Door | 'auto', hasWebSocket: boolean) {
    if (door !== 'auto') this.#fixed = door;
    else this.#fixed = hasWebSocket ? null : 'socketio';
  }

  /** The door to try now. */
  choose(): Door {
    if (this.#fixed) return this.#fixed;
    if (this.#worked && this.#failures < 3) return this.#worked;
    return this.#failures % 2 === 0 ? 'websocket' : 'socketio';
  }

  /** This door opened. */
  opened(door: Door): void {
    this.#worked = door;
    this.#failures = 0;
  }

  /** A connection could not be opened. */
  failed(): void {
    this.#failures += 1;
  }
}

/** Both doors. Socket.IO's client is loaded the first time it is needed. */
export function createDoors(options: DoorOptions): { policy: DoorPolicy; open: Record<Door, OpenWire> } {
  const WebSocket = options.WebSocket ?? nativeWebSocket();
  return {
    policy: new DoorPolicy(options.door, WebSocket !== undefined),
    open: {
      websocket: lazily(() => {
        if (!WebSocket) throw new Error('no WebSocket here: pass one as the option `WebSocket`');
        return openWebSocketWith(WebSocket);
      }),
      socketio: lazily(async () => {
        const { openSocketIoWith } = await import('./socketio-wire.ts');
        return openSocketIoWith(options.transports ?? ['polling', 'websocket']);
      }),
    },
  };
}

function lazily(load: () => OpenWire | Promise<OpenWire>): OpenWire {
  return (target, listener) => new LazyWire(load, { target, listener });
}

/** A wire whose transport arrives later; also turns whatever throws while opening into `closed`. */
class LazyWire implements Wire {
  #wire: Wire | null = null;
  #isClosed = false;

  constructor(load: () => OpenWire | Promise<OpenWire>, call: { target: WireTarget; listener: WireListener }) {
    Promise.resolve()
      .then(load)
      .then((open) => {
        if (!this.#isClosed) this.#wire = open(call.target, call.listener);
      })
      .catch((error: unknown) => {
        if (!this.#isClosed) call.listener.closed({ giveUp: null, detail: String(error) });
      });
  }

  send(frame: Frame): void {
    this.#wire?.send(frame);
  }

  close(): void {
    this.#isClosed = true;
    this.#wire?.close();
  }
}
