import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { createOriginRule } from '../../src/transport/origins.ts';

const rule = (list: string, publicUrl = '') => createOriginRule({ CORS_ORIGINS: list, PUBLIC_URL: publicUrl });
const from = (origin: string | undefined) => ({ headers: { origin, host: 'chat.test:8080' } }) as IncomingMessage;

it.each([
  ['', 'https://evil.test', false],
  ['', 'http://chat.test:8080', true],
  ['', undefined, true],
  ['', 'null', false],
  ['', 'not an origin', false],
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
  expect(rule(list).accepts(from(origin))).toBe(accepted);
});

it('names the origins whose pages may read answers', () => {
  expect(rule('').allowed).toBeNull();
  expect(rule('*').allowed).toBe('*');
  expect(rule('https://a.test/,https://b.test').allowed).toEqual(['https://a.test', 'https://b.test']);
});

it('takes the port of the scheme as said', () => {
  const at = (host: string, origin: string) => ({ headers: { host, origin } }) as IncomingMessage;
  expect(rule('').accepts(at('chat.test:443', 'https://chat.test'))).toBe(true);
  expect(rule('').accepts(at('chat.test:443', 'http://chat.test'))).toBe(false);
});

it('knows its own page by PUBLIC_URL where a proxy changed the host', () => {
  expect(rule('', 'https://chat.example/app').accepts(from('https://chat.example'))).toBe(true);
  expect(rule('', 'https://chat.example').accepts(from('https://evil.test'))).toBe(false);
});
