/** Completing a name after `@` while one writes. Pure. */

/** Where the name begins (behind `@`), and who could be meant. */
export type Completion = { start: number; candidates: readonly string[] };

const SHOWN = 6;

/** What the text before the caret asks for; null where no name is being written. */
export function completionOf(text: string, caret: number, names: readonly string[]): Completion | null {
  const before = text.slice(0, caret);
  const at = before.lastIndexOf('@');
  if (at < 0 || /[\p{L}\p{N}]/u.test(before.charAt(at - 1))) return null;
  const begun = before.slice(at + 1).toLowerCase();
  if (begun.includes('\n')) return null;
  const candidates = names.filter((name) => name.toLowerCase().startsWith(begun) && name.toLowerCase() !== begun);
  return candidates.length === 0 ? null : { start: at + 1, candidates: candidates.slice(0, SHOWN) };
}

/** The text with the name put in, and the caret behind it. */
export function complete(
  text: string,
  { start, caret }: { start: number; caret: number },
  name: string,
): { text: string; caret: number } {
  const put = `${name} `;
  return { text: text.slice(0, start) + put + text.slice(caret), caret: start + put.length };
}
