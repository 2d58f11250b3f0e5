/** What the doors need beside the use cases, as contracts: error texts, idempotency, quotas and health. Types only. */
import type { ErrorCode, ErrorDetails, ErrorText, Locale, WireError } from '../protocol/index.ts';

/**
 * The texts of the error table as they are now. Reading is synchronous, never fails and always answers all codes.
 * Texts may change between two calls; then `etag` changes too.
 */
export interface ErrorCatalogue {
  /** Where the texts in use come from; `postgres` once it was read, also while it is away again. */
  readonly source: 'bundled' | 'postgres';
  text(code: ErrorCode, locale: Locale): ErrorText;
  all(locale: Locale): Readonly<Record<ErrorCode, ErrorText>>;
  /** Changes exactly when `all(locale)` does; without quotes, `[a-z0-9-]`. */
  etag(locale: Locale): string;
  close(): Promise<void>;
}

/** The error object of REST's envelope. */
export type RestError = { code: ErrorCode; message: string; hint: string | null; details: ErrorDetails };

/**
 * Turns whatever was thrown into what a client is told. Expected errors keep their code; anything else is a defect: it
 * is reported with a trace id and answered as INTERNAL with that id and nothing else. Never throws.
 */
export interface ErrorWriter {
  /** For both real-time doors. */
  toWireError(error: unknown, locale: Locale): WireError;
  /** For REST; `traceId` is the request's, given to a defect. */
  toRestError(error: unknown, locale: Locale, traceId: string): { status: number; error: RestError };
}

/** Accept-Language, an explicit locale or nothing → the language to speak; Korean where nothing fits. */
export type NegotiateLocale = (wanted: string | undefined) => Locale;

/**
 * Remembers the answers of requests that carry an `Idempotency-Key`, for all nodes.
 * Rejects with `ChatError('SERVICE_UNAVAILABLE')` where the store could not be asked.
 */
export interface IdempotencyStore {
  /**
   * Takes the key for this request. `fresh`: nobody has it, it is ours until `finish` or `abandon`, at most 30 s.
   * `running`: somebody is at it. `done`: the answer that was given. `mismatch`: the key stands for another request.
   */
  begin(key: string, fingerprint: string): Promise<IdempotencyState>;
  /** Stores the answer for 10 minutes. */
  finish(key: string, fingerprint: string, answer: string): Promise<void>;
  /** Gives the key back: nothing was done. */
  abandon(key: string): Promise<void>;
}
export type IdempotencyState =
  | { status: 'fresh' }
  | { status: 'running' }
  | { status: 'done'; answer: string }
  | { status: 'mismatch' };

/**
 * Bounds how many rooms are made and names claimed. Works, less exactly, while Redis is away.
 * Rejects with `ChatError('RATE_LIMITED', { retryAfterMs })`. Some addresses are not counted.
 */
export interface Quota {
  /** Counts one room about to be made from this address. */
  takeRoomOfAddress(address: string): Promise<void>;
  /** Counts one room about to be made by this user. */
  takeRoomOfUser(userId: string): Promise<void>;
  /** Counts one name about to be claimed from this address. */
  takeName(address: string): Promise<void>;
}

/** One named check and how it went. */
export type CheckReport = { name: string; ok: boolean; tookMs: number; reason?: string };

/** Whether this node can do its work now. Never rejects; settles within the deadline of its checks. */
export interface Readiness {
  report(): Promise<{ ok: boolean; checks: CheckReport[] }>;
}
