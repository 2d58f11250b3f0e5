/** docs/CONFIGURATION.md is made from the settings' schema: nothing is left out, nothing breaks its tables. */
import { expect, test } from 'vitest';
import { configurationPage } from '../../scripts/configuration-markdown.ts';
import { readConfig } from '../../src/config.ts';
import { CONFIG_RULES } from '../../src/config-rules.ts';
import { Environment } from '../../src/config-settings.ts';

const PAGE = configurationPage();
const REQUIRED = { REDIS_URL: 'redis://127.0.0.1:6379', JWT_SECRET: 'x'.repeat(32) };
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `([A-Z_]+)`(?: ◆)? \| (.*) \|$/gm)].map(([, name, row]) => [name, row?.split(' | ')]),
);

function asTold(name: string, value: string | number): string {
  if (Object.hasOwn(REQUIRED, name)) return '– (required)';
  return value === '' ? 'empty' : `\`${value}\``;
}

test('every setting stands there with its default, its range and its meaning', () => {
  const wanted = Object.entries(readConfig(REQUIRED)).map(([name, value]) => [name, asTold(name, value)]);

  expect(Object.fromEntries([...ROWS].map(([name, cells]) => [name, cells?.[0]]))).toEqual(Object.fromEntries(wanted));
  for (const cells of ROWS.values())
    expect(cells).toEqual([expect.anything(), expect.stringMatching(/\S/), expect.stringMatching(/\.|\)$/)]);
});

test('numbers tell their range and unit, choices their words', () => {
  expect(ROWS.get('PORT')?.[1]).toBe('0 – 65535');
  expect(ROWS.get('PRESENCE_TTL')?.[1]).toBe('0.1 – 2592000 seconds');
  expect(ROWS.get('HTTP_RATE')?.[1]).toBe('≥ 0.1 a second');
  expect(ROWS.get('GUEST_JOIN')?.[1]).toBe('`on`, `off`');
});

test('every rule between two settings stands there', () => {
  for (const { setting, other } of CONFIG_RULES)
    expect(PAGE).toMatch(new RegExp(`^\\* \`${setting}\` .*\`${other}\``, 'm'));
});

test('a setting that is not shown as it is has no example in the page', () => {
  for (const [name, schema] of Object.entries(Environment.properties)) {
    if ('isSecret' in schema) expect(['', undefined]).toContain('default' in schema ? schema.default : undefined);
    expect(ROWS.has(name)).toBe(true);
  }
});
