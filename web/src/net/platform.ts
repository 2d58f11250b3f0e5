/** The few things taken from whatever runs us, browser or Node, so that nothing else needs to know which one it is. */

/** Time. Tests bring their own. */
export interface Clock {
  /** Unix time in ms. */
  now(): number;
  /** Calls `run` once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

/** What we use of a WebSocket: that of browsers and that of the `ws` package both fit. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void;
}

/** How a WebSocket is made. (`ws` overloads its constructor with `null` last, hence the odd type of the address.) */
export type WebSocketConstructor = new (url: never) => WebSocketLike;

/** What we use of an HTTP answer. */
export type HttpResponse = { status: number; json(): Promise<unknown> };

/** What we use of `fetch`. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string },
) => Promise<HttpResponse>;

type Globals = {
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
  crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
  fetch: Fetch;
  atob(text: string): string;
  WebSocket?: WebSocketConstructor;
};

// The one place that looks at globals: the library compiles with neither DOM nor Node types.
const globals = globalThis as unknown as Globals;

/** The clock on the wall. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = globals.setTimeout(run, delayMs);
    return () => globals.clearTimeout(timer);
  },
};

/** The WebSocket of browsers and of Node from 22 on. */
export function nativeWebSocket(): WebSocketConstructor | undefined {
  return globals.WebSocket;
}

/** `fetch` of browsers and of Node. */
export const systemFetch: Fetch = (url, init) => globals.fetch(url, init);

/** The bytes of a base64 text, one character each; throws where it is none. */
export const decodeBase64 = (text: string): string => globals.atob(text);

/** Ends the process or shows in the console like any uncaught error, without breaking the caller. */
export function rethrowLater(error: unknown): void {
  globals.setTimeout(() => {
    throw error;
  }, 0);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 22 characters out of 64: 132 bits, so that no two messages ever share one. */
export function randomId(): string {
  const bytes = globals.crypto.getRandomValues(new Uint8Array(22));
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte & 63)).join('');
}
