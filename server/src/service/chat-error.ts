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

/** What can be wrong with a field beside its schema. Each has a sentence in every language (`errors/field-errors.ts`). */
export type FieldProblem =
  | 'binary'
  | 'creatorStays'
  | 'eventName'
  | 'frameId'
  | 'keyForm'
  | 'keyReused'
  | 'name'
  | 'nameWithoutToken'
  | 'oneOfManyRooms'
  | 'onePayload'
  | 'position'
  | 'short'
  | 'text'
  | 'tooLong'
  | 'tooManyRooms'
  | 'unknownRequest'
  | 'unreadable'
  | 'unreadablePacket'
  | 'userId';

/** `VALIDATION_FAILED` about one field, put into words where the language is known. */
export class InvalidField extends ChatError {
  readonly path: string;
  readonly problem: FieldProblem;
  /** The number that the sentence names, if it names one. */
  readonly limit: number;

  constructor(path: string, problem: FieldProblem, limit: number) {
    super('VALIDATION_FAILED');
    this.path = path;
    this.problem = problem;
    this.limit = limit;
  }
}

/** `VALIDATION_FAILED` about one field; `limit` for problems whose sentence names a number. */
export function invalidField(path: string, problem: FieldProblem, limit = 0): ChatError {
  return new InvalidField(path, problem, limit);
}
