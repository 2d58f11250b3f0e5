/** A small client of `/ws` for checks: it keeps all it hears, so that nothing is missed between two questions. */
import WebSocket from 'ws';

/** One frame from the server. */
export type RawEvent = Record<string, unknown>;

/** `heard` answers the first frame of that type that fits, from the beginning on, or waits for it. */
export type RawClient = {
  heard(type: string, predicate?: (event: RawEvent) => boolean): Promise<RawEvent>;
  send(frame: object): void;
  isOpen(): boolean;
  close(): void;
};

/** Connects to `/ws` of `url`; `signal` is the deadline of everything that is waited for. */
export async function connectRaw(url: string, signal: AbortSignal): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
  const events: RawEvent[] = [];
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of wakers) waker();
  };
  socket.on('message', (data) => {
    events.push(JSON.parse(String(data)) as RawEvent);
    wake();
  });
  socket.on('close', wake).on('error', wake);
  signal.addEventListener('abort', wake, { once: true });

  async function until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (signal.aborted)
        throw new Error(`${url}/ws did not send what was expected in time; heard: ${JSON.stringify(events)}`);
      if (socket.readyState > WebSocket.OPEN)
        throw new Error(`${url}/ws closed the connection; heard: ${JSON.stringify(events)}`);
      await new Promise<void>((resolve) => {
        const waker = () => {
          wakers.delete(waker);
          resolve();
        };
        wakers.add(waker);
      });
    }
  }
  socket.on('open', wake);
  await until(() => (socket.readyState === WebSocket.OPEN ? true : undefined));
  return {
    heard: (type, predicate = () => true) => until(() => events.find((event) => event.t === type && predicate(event))),
    send: (frame) => socket.send(JSON.stringify(frame)),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  };
}
