/** docs/configuration.md lists every setting of a node with its default, and nothing else. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const PAGE = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const REQUIRED = { REDIS_URL: 'redis://127.0.0.1:6379', JWT_SECRET: 'x'.repeat(32) };
const CONFIG = readConfig(REQUIRED);

/** Variable → default, as the tables say. */
const TOLD = new Map(
  [...PAGE.matchAll(/^\| `([A-Z_]+)`(?: ◆)? \| (.*?) \|/gm)].map(([, name = '', told = '']) => [name, told]),
);

function asTold(name: string, value: string | number): string {
  if (Object.hasOwn(REQUIRED, name)) return '– (required)';
  return value === '' ? 'empty' : `\`${value}\``;
}

test('every setting stands there with its default', () => {
  const wanted = Object.entries(CONFIG).map(([name, value]) => [name, asTold(name, value)] as const);

  expect(Object.fromEntries(TOLD)).toEqual(Object.fromEntries(wanted));
});
