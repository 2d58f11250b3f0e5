import { describe, expect, test } from 'vitest';
import { createBundledCatalogue } from '../../src/errors/bundled-catalogue.ts';
import { createErrorWriter, Defect } from '../../src/errors/error-writer.ts';
import { toFieldErrors } from '../../src/errors/field-errors.ts';
import { ERRORS } from '../../src/protocol/index.ts';
import { ChatError, invalidField } from '../../src/service/chat-error.ts';
import { createFailureRecorder } from '../support/http-fakes.ts';

function createWriter() {
  const failures = createFailureRecorder();
  return { failures, writer: createErrorWriter({ catalogue: createBundledCatalogue(), failures }) };
}

describe('an expected error', () => {
  test('is told on both doors by its code, text and hint', () => {
    const { writer, failures } = createWriter();
    expect(writer.toWireError(new ChatError('ROOM_NOT_FOUND'), 'en')).toEqual({
      code: 'ROOM_NOT_FOUND',
      message: 'There is no such room',
      hint: 'Check the link',
      retryable: false,
    });
    expect(failures.reports).toEqual([]);
  });

  test('has no hint where there is none, and null in REST', () => {
    const { writer } = createWriter();
    expect(writer.toWireError(new ChatError('FORBIDDEN'), 'ko')).toEqual({
      code: 'FORBIDDEN',
      message: '권한이 없습니다',
      retryable: false,
    });
    expect(writer.toRestError(new ChatError('FORBIDDEN'), 'ko', 't').error.hint).toBeNull();
  });

  test('lifts when to try again out of its details on the doors, and keeps it there in REST', () => {
    const { writer } = createWriter();
    const error = new ChatError('RATE_LIMITED', { retryAfterMs: 700 });
    expect(writer.toWireError(error, 'ja')).toMatchObject({ retryable: true, retryAfterMs: 700 });
    expect(writer.toWireError(error, 'ja').details).toBeUndefined();
    expect(writer.toRestError(error, 'ja', 't')).toMatchObject({
      status: 429,
      error: { details: { retryable: true, retryAfterMs: 700 } },
    });
  });

  test('overrules the table where its outcome is uncertain', () => {
    const { writer } = createWriter();
    const error = new ChatError('SERVICE_UNAVAILABLE', { retryable: false, uncertain: true });
    expect(writer.toWireError(error, 'ko')).toMatchObject({ retryable: false, details: { uncertain: true } });
    expect(writer.toRestError(error, 'ko', 't').error.details).toEqual({ retryable: false, uncertain: true });
  });

  test('names its field and says what is wrong with it, in the language of the client', () => {
    const { writer } = createWriter();
    const problem = invalidField('title', 'tooLong', 100);
    const told = (message: string) => ({ fields: [{ path: 'title', message }] });
    expect(writer.toWireError(problem, 'ko').details).toEqual(told('100자까지 쓸 수 있습니다'));
    expect(writer.toWireError(problem, 'en').details).toEqual(told('at most 100 characters'));
    expect(writer.toRestError(problem, 'ja', 't').error.details).toMatchObject(told('100文字までです'));
  });
});

describe('a defect', () => {
  const thrown = new TypeError('x is not a function');
  test.each([
    thrown,
    'a text',
    null,
    undefined,
    { code: 'ROOM_NOT_FOUND' },
    Object.assign(new Error('own'), { statusCode: 404 }),
  ])('such as %j is told by a trace id alone and reported under it', (error) => {
    const { writer, failures } = createWriter();
    const wire = writer.toWireError(error, 'en');
    expect(wire).toEqual({
      code: 'INTERNAL',
      ...ERRORS.INTERNAL.texts.en,
      retryable: true,
      details: { traceId: expect.stringMatching(/^[\w-]{8,64}$/) },
    });
    expect(failures.reports).toHaveLength(1);
    const reported = failures.reports[0]?.error;
    expect(reported).toBeInstanceOf(Defect);
    expect(reported).toMatchObject({ traceId: wire.details?.traceId, cause: error });
  });

  test('keeps the trace id of its request in REST', () => {
    const { writer } = createWriter();
    expect(writer.toRestError(thrown, 'ko', 'trace-1')).toMatchObject({
      status: 500,
      error: { code: 'INTERNAL', details: { traceId: 'trace-1' } },
    });
  });
});

test.each([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'PAYLOAD_TOO_LARGE'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'VALIDATION_FAILED'],
  ['FST_ERR_BAD_URL', 400, 'VALIDATION_FAILED'],
  ['FST_ERR_NOT_FOUND', 404, 'NOT_FOUND'],
  ['FST_ERR_REP_INVALID_PAYLOAD_TYPE', 500, 'INTERNAL'],
])('the framework error %s (%d) is %s', (code, statusCode, expected) => {
  const { writer } = createWriter();
  const error = Object.assign(new Error('refused'), { code, statusCode });
  expect(writer.toRestError(error, 'ko', 't').error.code).toBe(expected);
});

test('a field that is missing or unknown is named itself, each field once', () => {
  const at = (keyword: string, instancePath = '', params = {}) => ({ keyword, instancePath, params });
  const errors = [
    at('required', '', { requiredProperties: ['name'] }),
    at('additionalProperties', '/options', { additionalProperties: ['a', 'b'] }),
    at('maxLength', '/title'),
    at('pattern', '/title'),
    at('never-heard-of', '/other'),
  ];
  expect(toFieldErrors(errors, 'en')).toEqual([
    { path: 'name', message: 'is required' },
    { path: 'options/a', message: 'is not known here' },
    { path: 'options/b', message: 'is not known here' },
    { path: 'title', message: 'is too long' },
    { path: 'other', message: 'has the wrong form' },
  ]);
});
