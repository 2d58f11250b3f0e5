/** From whatever was thrown to what a client is told, for REST and both real-time doors. */
import { randomUUID } from 'node:crypto';
import { ERRORS, type ErrorCode, type ErrorDetails, type Locale, type WireError } from '../protocol/index.ts';
import { ChatError, InvalidField } from '../service/chat-error.ts';
import type { ErrorCatalogue, ErrorWriter } from '../service/edge-ports.ts';
import type { Failures } from '../service/ports.ts';
import { type SchemaError, toFieldError, toFieldErrors, unreadableInput } from './field-errors.ts';

/** A defect as it is reported: what was thrown is its `cause`, and the client knows its `traceId`. */
export class Defect extends Error {
  readonly traceId: string;

  constructor(traceId: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : `thrown: ${typeof cause}`, { cause });
    this.name = 'Defect';
    this.traceId = traceId;
  }
}

type Verdict = { code: ErrorCode; details: ErrorDetails };

/** A writer that takes its texts from the catalogue and reports defects under the stage `request`. */
export function createErrorWriter(deps: { catalogue: ErrorCatalogue; failures: Failures }): ErrorWriter {
  const judge = (error: unknown, locale: Locale, traceId: string): Verdict => {
    const expected = recognise(error, locale);
    if (expected !== null) return expected;
    deps.failures.report('request', new Defect(traceId, error));
    return { code: 'INTERNAL', details: { traceId } };
  };
  return {
    toWireError: (error, locale) => {
      const verdict = judge(error, locale, randomUUID());
      return writeWireError(verdict, deps.catalogue.text(verdict.code, locale));
    },
    toRestError: (error, locale, traceId) => {
      const { code, details } = judge(error, locale, traceId);
      const retryable = details.retryable ?? ERRORS[code].retryable;
      const text = deps.catalogue.text(code, locale);
      return { status: ERRORS[code].status, error: { code, ...text, details: { ...details, retryable } } };
    },
  };
}

function writeWireError({ code, details }: Verdict, text: { message: string; hint: string | null }): WireError {
  const { retryable, retryAfterMs, ...rest } = details;
  return {
    code,
    message: text.message,
    ...(text.hint === null ? {} : { hint: text.hint }),
    retryable: retryable ?? ERRORS[code].retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(Object.keys(rest).length === 0 ? {} : { details: rest }),
  };
}

function recognise(error: unknown, locale: Locale): Verdict | null {
  if (error instanceof InvalidField) return { code: error.code, details: { fields: [toFieldError(error, locale)] } };
  if (error instanceof ChatError) return { code: error.code, details: error.details };
  if (!(error instanceof Error)) return null;
  if ('validation' in error && Array.isArray(error.validation)) {
    const problems: SchemaError[] = error.validation;
    return { code: 'VALIDATION_FAILED', details: { fields: toFieldErrors(problems, locale) } };
  }
  return recogniseFramework(error, locale);
}

/** What Fastify and its plugins refuse before a handler runs: their own codes, never an error of ours with a status. */
function recogniseFramework(error: Error, locale: Locale): Verdict | null {
  const status = 'statusCode' in error ? error.statusCode : 0;
  const isFastify = 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
  const isForClients = isFastify || ('expose' in error && error.expose === true);
  if (!isForClients || typeof status !== 'number' || status < 400 || status >= 500) return null;
  if (status === 413) return { code: 'PAYLOAD_TOO_LARGE', details: {} };
  if (status === 404) return { code: 'NOT_FOUND', details: {} };
  return { code: 'VALIDATION_FAILED', details: { fields: unreadableInput(locale) } };
}
