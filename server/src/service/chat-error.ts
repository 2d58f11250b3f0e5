/** The one class of expected errors. Whatever else is thrown is a defect. */
import { ERRORS, type ErrorCode, type ErrorDetails } from '../protocol/index.ts';

/** An expected failure that a client is told by its code. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(code);
    this.name = 'ChatError';
    this.code = code;
    this.details = details;
  }

  /** Whether the same request may succeed later; `details.retryable` overrules the table. */
  get isRetryable(): boolean {
    return this.details.retryable ?? ERRORS[this.code].retryable;
  }
}

/** `VALIDATION_FAILED` about one field. */
export function invalidField(path: string, message: string): ChatError {
  return new ChatError('VALIDATION_FAILED', { fields: [{ path, message }] });
}
