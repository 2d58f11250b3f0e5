import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/ops/logger.ts';

function capture() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: 'debug', nodeId: 'n1', destination });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

const SECRET = 'eyJhbGciOiJIUzI1NiJ9.secret.secret';

describe('a log line', () => {
  test('says when, where and how grave by name', () => {
    const { logger, last } = capture();
    logger.warn({ traceId: 't1' }, 'something');
    expect(last()).toMatchObject({ level: 'warn', node: 'n1', traceId: 't1', msg: 'something' });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test.each([
    { token: SECRET },
    { auth: { token: SECRET } },
    { headers: { authorization: SECRET, cookie: SECRET, 'set-cookie': SECRET } },
    { a: { headers: { authorization: SECRET } } },
    { message: { text: SECRET } },
    { join: { payload: { invite: SECRET, token: SECRET } } },
  ])('never holds a token, a cookie or a text: %j', (fields) => {
    const { logger, lines } = capture();
    logger.info(fields, 'x');
    expect(lines.join()).not.toContain('secret');
    expect(lines.join()).toContain('[redacted]');
  });

  test('shows a request without its query', () => {
    const { logger, last } = capture();
    logger.info({ req: { method: 'GET', url: `/socket.io/?token=${SECRET}`, ip: '10.0.0.1', headers: { a: 1 } } }, 'x');
    expect(last().req).toEqual({ method: 'GET', path: '/socket.io/', address: '10.0.0.1' });
  });

  test('shows an error and its causes, and nothing that a driver hung on them', () => {
    const { logger, last, lines } = capture();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', command: { args: [SECRET] } });
    const error = Object.assign(new Error('could not'), { cause, traceId: 't9', command: { args: [SECRET] } });
    logger.error({ err: error }, 'x');
    expect(last().err).toMatchObject({
      type: 'Error',
      message: 'could not',
      traceId: 't9',
      cause: { message: 'refused', code: 'ECONNREFUSED' },
    });
    expect(lines.join()).not.toContain('secret');
  });

  test('ends where causes go round in a circle', () => {
    const { logger, last } = capture();
    const error = new Error('round');
    error.cause = error;
    logger.error({ err: error }, 'x');
    expect(last().err.cause.cause.message).toBe('round');
  });
});
