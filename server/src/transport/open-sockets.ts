/** TCP connections that a door has taken over, refused politely or cut at the end. */
import type { Duplex } from 'node:stream';

const UNAVAILABLE =
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Answers an upgrade that comes while the door is closing, and hangs up. */
export function refuseUpgrade(socket: Duplex): void {
  // The client may already be gone; without a listener its reset would end the process.
  socket.on('error', () => socket.destroy());
  socket.end(UNAVAILABLE, () => socket.destroy());
}

/** Sockets that are open now. */
export interface OpenSockets {
  add(socket: Duplex): void;
  /** Resolves when all are closed; those still open after the patience are cut. */
  drained(patienceMs: number): Promise<void>;
}

/** An HTTP server forgets upgraded sockets but does not end while they are open: the door has to know them. */
export function createOpenSockets(): OpenSockets {
  const sockets = new Set<Duplex>();
  let whenEmpty = (): void => undefined;
  // One function for all of them: a listener each would cost more than what it does.
  function onClose(this: Duplex): void {
    sockets.delete(this);
    if (sockets.size === 0) whenEmpty();
  }
  return {
    add(socket) {
      sockets.add(socket);
      socket.on('close', onClose);
    },
    async drained(patienceMs) {
      if (sockets.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, patienceMs);
        whenEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
