import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { createOriginRule } from '../../src/transport/origins.ts';

const from = (origin: string | undefined) => ({ headers: { origin, host: 'chat.test:8080' } }) as IncomingMessage;

it.each([
  ['', 'https://evil.test', true],
  ['*', 'https://evil.test', true],
  ['https://app.test', 'https://evil.test', false],
  ['https://app.test', 'https://app.test', true],
  ['https://a.test, https://app.test/', 'https://app.test', true],
  ['https://app.test', 'http://app.test', false],
  ['https://app.test', 'http://chat.test:8080', true],
  ['https://app.test', 'http://chat.test', false],
  ['https://app.test', undefined, true],
  ['https://app.test', 'null', false],
])('with CORS_ORIGINS=%j a page from %j connecting is %j', (list, origin, accepted) => {
  expect(createOriginRule(list).accepts(from(origin))).toBe(accepted);
});

it('names the origins whose pages may read answers', () => {
  expect(createOriginRule('').allowed).toBeNull();
  expect(createOriginRule('*').allowed).toBe('*');
  expect(createOriginRule('https://a.test/,https://b.test').allowed).toEqual(['https://a.test', 'https://b.test']);
});
