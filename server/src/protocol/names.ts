/** The rules for what people write: names, titles and texts. Pure; the same on client and server. */
import { LIMITS } from './limits.ts';

const NAME = /^[\p{L}\p{Nd}][\p{L}\p{Nd} _.-]*$/u;
const USER_ID = /^[\p{L}\p{Nd}][\p{L}\p{Nd} _.-]*(#\d{4})?$/u;

/** NFC, trimmed, 1–32 code points, starting with a letter or digit; null where that cannot be had. Nobody can choose a `#`. */
export function parseUserName(raw: string): string | null {
  const name = raw.normalize('NFC').trim();
  return NAME.test(name) && codePoints(name) <= LIMITS.nameCodePoints ? name : null;
}

/** A user id as it stands in keys: a name, perhaps with `#` and four digits. */
export function isUserId(raw: string): boolean {
  const bare = raw.replace(/#\d{4}$/, '');
  return USER_ID.test(raw) && raw === raw.normalize('NFC').trim() && codePoints(bare) <= LIMITS.nameCodePoints;
}

/** A token is a JWT where it begins with `eyJ` and has two dots; anything else is a guest's plain name. */
export function isJwt(token: string): boolean {
  return token.startsWith('eyJ') && token.split('.').length === 3;
}

/** How many code points a text has: what the limits count, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Code-point order, which is also that of UTF-8 and of Redis. UTF-16 units differ from it in one thing: the surrogates, which stand
 * for the highest code points, lie below U+E000.
 */
export function byCodePoint(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
