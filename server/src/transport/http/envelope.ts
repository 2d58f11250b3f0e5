/** The one shape of every answer under /api. */
import { type Static, type TSchema, Type } from 'typebox';
import { ERRORS, Timestamp } from '../../protocol/index.ts';
import type { RestError } from '../../service/edge-ports.ts';

const Nothing = Type.Null();

const Details = Type.Object({
  fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  retryable: Type.Optional(Type.Boolean()),
  retryAfterMs: Type.Optional(Type.Number()),
  traceId: Type.Optional(Type.String()),
  uncertain: Type.Optional(Type.Boolean()),
});

/** The envelope of a failure, as documented. */
export const Failure = Type.Object(
  {
    success: Type.Literal(false),
    data: Nothing,
    message: Nothing,
    error: Type.Object({
      code: Type.String({ enum: Object.keys(ERRORS) }),
      message: Type.String(),
      hint: Type.Union([Type.String(), Type.Null()]),
      details: Details,
    }),
    timestamp: Timestamp,
  },
  { description: 'What went wrong, in the negotiated language' },
);

/** The envelope around `data`, as documented and serialised. */
export function Success<T extends TSchema>(data: T) {
  return Type.Object(
    {
      success: Type.Literal(true),
      data,
      message: Type.Union([Type.String(), Type.Null()]),
      error: Nothing,
      timestamp: Timestamp,
    },
    { description: 'It went well' },
  );
}

/** The documented failures of every route. */
export const FAILURES = { '4xx': Failure, '5xx': Failure } as const;

/** Wraps what went well; `message` is a sentence on writes and null on reads. */
export function succeed<T>(data: T, message: string | null = null) {
  return { success: true as const, data, message, error: null, timestamp: new Date().toISOString() };
}

/** Wraps what did not. */
export function fail(error: RestError): Static<typeof Failure> {
  return { success: false, data: null, message: null, error, timestamp: new Date().toISOString() };
}
