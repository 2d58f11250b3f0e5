import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');

/** Pairs of text and ground that the style sheets use. */
const PAIRS = [
  ...['paper', 'surface', 'sunken', 'other'].map((ground) => ['text', ground]),
  ...['paper', 'surface', 'sunken'].map((ground) => ['muted', ground]),
  ...['on-own own', 'on-other other', 'on-accent accent', 'on-accent accent-strong', 'on-danger danger'].map((pair) =>
    pair.split(' '),
  ),
  ...['on-badge badge', 'text chosen', 'muted chosen', 'not-read paper', 'link other', 'danger other'].map((pair) =>
    pair.split(' '),
  ),
  ...['on-danger-soft danger-soft', 'on-notice notice', 'danger surface', 'danger paper'].map((pair) =>
    pair.split(' '),
  ),
  ...Array.from({ length: 8 }, (_, hue) => ['on-avatar', `avatar-${hue}`]),
] as [string, string][];

function tokensOf(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function blocks(): { light: Map<string, string>; dark: Map<string, string>; system: Map<string, string> } {
  const [light = '', dark = '', system = ''] = [...css.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(
    ([, body]) => body ?? '',
  );
  return { light: tokensOf(light), dark: tokensOf(dark), system: tokensOf(system) };
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test.each(['light', 'dark'] as const)('text on its ground has a contrast of at least 4.5 in the %s theme', (theme) => {
  const { light, dark } = blocks();
  const tokens = theme === 'light' ? light : new Map([...light, ...dark]);
  const weak = PAIRS.filter(([text, ground]) => contrast(tokens.get(text) ?? '', tokens.get(ground) ?? '') < 4.5);
  expect(weak).toEqual([]);
});

test('a dark system looks as the dark theme does', () => {
  const { dark, system } = blocks();
  expect(system).toEqual(dark);
});
