/** TCP connections that a door has taken over, refused politely or cut at the end. */
import type { Duplex } from 'node:stream';

const REFUSALS = {
  403: 'HTTP/1.1 403 Forbidden\r\n',
  503: 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n',
} as const;

/** Answers an upgrade that the door does not take, and hangs up. */
export function refuseUpgrade(socket: Duplex, status: keyof typeof REFUSALS): void {
  // The client may already be gone; without a listener its reset would end the process.
  socket.on('error', () => socket.destroy());
  socket.end(`${REFUSALS[status]}Connection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
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
  return {
    add(socket) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0) whenEmpty();
      });
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
