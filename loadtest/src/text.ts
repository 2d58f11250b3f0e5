/** The text of a message: when it was meant to be sent, then padding up to the length of an ordinary message. */

const LENGTH = 80;
const DIGITS = 13;
const PADDING = ' 안녕하세요, 잘 지내시죠? Good morning, how are you?'.padEnd(LENGTH - DIGITS, ' .');

/** For `intendedAt` in milliseconds of `Date.now()`. */
export function writeText(intendedAt: number): string {
  return `${Math.round(intendedAt)}${PADDING}`;
}

/** The moment a text names; null where somebody else wrote it. */
export function intendedAt(text: string): number | null {
  const at = Number(text.slice(0, DIGITS));
  return text.endsWith(PADDING) && at > 0 ? at : null;
}
