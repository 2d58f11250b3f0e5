/** What both real-time doors are given and what they promise to the front door. Types only. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CloseReason } from '../protocol/index.ts';
import type { Gateway, Peer } from '../service/gateway.ts';
import type { CountLimited } from '../service/limit-ports.ts';
import type { Failures } from '../service/ports.ts';
import type { Rate } from '../service/token-bucket.ts';
import type { ClientAddress } from './client-address.ts';

/** The part of the configuration that doors read. */
export type DoorConfig = Readonly<{
  NODE_ID: string;
  PING_INTERVAL_MS: number;
  PING_TIMEOUT_MS: number;
  AUTH_DEADLINE_MS: number;
  CORS_ORIGINS: string;
  PUBLIC_URL: string;
  /** `on`: room events may go straight to TCP, past the libraries, where that keeps the order. */
  FANOUT_FAST_PATH: 'on' | 'off';
}>;

/** How a connection's bytes travel: the two transports of Engine.IO, or `/ws`. */
export type Carrier = 'polling' | 'websocket' | 'raw';

/**
 * Counts connections, by the client's address; an upgrade is a `closed('polling')` and an `opened('websocket')`.
 * `cut`: this node ends one, and why.
 */
export interface DoorMetrics {
  opened(carrier: Carrier, address: string): void;
  closed(carrier: Carrier, address: string): void;
  cut(door: Peer['door'], reason: CloseReason): void;
}

export type DoorDeps = {
  gateway: Gateway;
  config: DoorConfig;
  failures: Failures;
  addressOf: ClientAddress;
  /** Frames and packets of one connection, whatever they hold: whoever sends more is cut. */
  frames: Rate;
  count: CountLimited;
  metrics?: DoorMetrics | undefined;
};

/** Takes over an HTTP upgrade whose path belongs to this door. Never throws. */
export type TakeUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Answers an HTTP request whose path belongs to this door. Never throws. */
export type TakeRequest = (req: IncomingMessage, res: ServerResponse) => void;

/** How long a door that closes waits for its clients to hang up before it cuts them. */
export const CLOSE_PATIENCE_MS = 2_000;
