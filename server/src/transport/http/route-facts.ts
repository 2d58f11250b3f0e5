/** What several routes say of themselves in the documentation. */
import { Type } from 'typebox';

/** The caller must show a token. */
export const BEARER = [{ bearer: [] }];

/** The caller may show a token. */
export const BEARER_OPTIONAL = [{}, { bearer: [] }];

/** The header that makes repeating a request safe. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: '1 to 128 visible ASCII characters; the same for ten minutes gives the same answer' }),
  ),
});
