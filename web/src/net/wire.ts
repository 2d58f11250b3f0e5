/** The port between the machine and a transport. */
import type { Failure } from './failure.ts';

/** The two ways into the server. */
export type Door = 'websocket' | 'socketio';

/** One request. With an `id` its answer comes back under that id; without, nothing does. */
export type Frame = { type: string; payload: Record<string, unknown>; id?: number };

/** Whom to call, and as whom where the handshake can say it. */
export type WireTarget = { url: string; token?: string; locale?: string };

/** Why a wire ended. `giveUp` where the server said that connecting again is of no use. */
export type WireClose = { giveUp: Failure | null; retryAfterMs?: number; detail: string };

/**
 * What a wire tells. `opened` at most once and first; `closed` exactly once and last, also when the wire never opened;
 * none of them after `close()` was called, and none before the call that made the wire has returned.
 */
export interface WireListener {
  opened(): void;
  /** An event of the server. The payload is whatever came. */
  event(type: string, payload: unknown): void;
  /** The answer to the request `id`, whatever came. In the order of the events around it. */
  answer(id: number, answer: unknown): void;
  /** A sign of life that is neither. */
  alive(): void;
  closed(why: WireClose): void;
}

/** One connection. Frames are handed over in order; after `closed` or `close()` sending does nothing. */
export interface Wire {
  send(frame: Frame): void;
  close(): void;
}

/** Starts a connection and returns at once. Never throws: what fails is told by `closed`. */
export type OpenWire = (target: WireTarget, listener: WireListener) => Wire;
