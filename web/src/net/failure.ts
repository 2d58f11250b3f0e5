/** What can go wrong, as one type: the server's errors and those that only a client can meet. */
import type { ErrorCode, ErrorDetails } from '@c2c/server/protocol';

/** Errors that arise on this side of the wire, with the English sentence a log shows. */
export const CLIENT_ERRORS = {
  TIMEOUT: 'no answer within the deadline',
  CONNECTION_LOST: 'the connection ended before the answer',
  OUTBOX_FULL: 'too many messages wait to be sent',
  OUTBOX_EXPIRED: 'the message waited too long to be sent without asking',
  IDENTITY_CHANGED: 'the message may have been sent under another name',
  LEFT: 'the room was left',
  CLOSED: 'the client was closed',
  PROTOCOL_ERROR: 'the server answered something unexpected',
} as const;

/** Codes of {@link CLIENT_ERRORS}. */
export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/** One thing that went wrong. `message` and `hint` of server codes are in the language the client asked for. */
export type Failure = {
  code: ErrorCode | ClientErrorCode;
  message: string;
  hint?: string;
  retryable: boolean;
  retryAfterMs?: number;
  details?: ErrorDetails;
};

/** How a request ended. Never a rejection: every request has a result by its deadline. */
export type Result<D> = { ok: true; data: D } | { ok: false; error: Failure };

/** What promises of the public interface reject with. */
export class ClientError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.code}: ${failure.message}`);
    this.name = 'ClientError';
    this.failure = failure;
  }
}

/** A failure of this side. */
export function failure(code: ClientErrorCode): Failure {
  const retryable = code === 'TIMEOUT' || code === 'CONNECTION_LOST';
  return { code, message: CLIENT_ERRORS[code], retryable };
}
