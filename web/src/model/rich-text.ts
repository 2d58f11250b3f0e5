/** A message's text as parts to show: a quotation, links that are safe to follow, names that are meant. Pure. */

/** One stretch of text. `mention` begins with `@` and names a member. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'mention'; text: string }
  | { kind: 'link'; text: string; url: string };

/** What a message answers, as its first lines say, and the message itself. */
export type RichText = { quote: Quote | null; parts: readonly Part[] };

/** `excerpt` is the beginning of what was quoted. */
export type Quote = { from: string; excerpt: string };

const QUOTE_LINE = /^> ([^\n:]{1,80}): ([^\n]{1,200})\n/;
const EXCERPT_CODE_POINTS = 80;

/** Web addresses only, up to what cannot be part of one. */
const LINK = /https?:\/\/[^\s<>"'`\u200b\u3000]+/giu;
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?)\]}…。、」』]+$/u;
/** Letters that turn the direction of what follows: in an address they could show another one. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Reads a text; `names` are the members who can be meant. */
export function richText(text: string, names: readonly string[]): RichText {
  const found = QUOTE_LINE.exec(text);
  const [whole = '', from = '', excerpt = ''] = found ?? [];
  const body = text.slice(whole.length);
  if (found && body !== '') return { quote: { from, excerpt }, parts: partsOf(body, names) };
  return { quote: null, parts: partsOf(text, names) };
}

/** The text of an answer: one line that quotes, then what is said. Programs without this page show it as people quote. */
export function quoting(quoted: { from: string; text: string } | null, answer: string): string {
  return quoted ? `> ${quoted.from}: ${excerptOf(quoted.text)}\n${answer}` : answer;
}

/** What is said in a text, without what it quotes. */
export function bodyOf(text: string): string {
  return text.replace(QUOTE_LINE, '');
}

/** The beginning of a text on one line, without what it quotes itself. */
export function excerptOf(text: string): string {
  const own = bodyOf(text).replaceAll(/\s+/gu, ' ').trim();
  const letters = Array.from(own || text.replaceAll(/\s+/gu, ' ').trim());
  return letters.length > EXCERPT_CODE_POINTS ? `${letters.slice(0, EXCERPT_CODE_POINTS).join('')}…` : letters.join('');
}

/** Whether a message is what was quoted. */
export function isQuoted({ from, excerpt }: Quote, message: { from: string; text: string }): boolean {
  return message.from === from && excerptOf(message.text) === excerpt;
}

/** Whether a text means somebody. */
export function mentions(text: string, name: string): boolean {
  return name !== '' && splitMentions(text, [name]).some(({ kind }) => kind === 'mention');
}

function partsOf(text: string, names: readonly string[]): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = linkOf(match[0]);
    if (!link) continue;
    parts.push(...splitMentions(text.slice(end, match.index), names), link);
    end = match.index + link.text.length;
  }
  return [...parts, ...splitMentions(text.slice(end), names)];
}

/** A closing bracket belongs to the address where its opening one does. */
function linkOf(raw: string): Extract<Part, { kind: 'link' }> | null {
  const bare = raw.replace(TRAILING, '');
  const text = bare.includes('(') && raw.charAt(bare.length) === ')' ? `${bare})` : bare;
  const hasHost = /^https?:\/\/[\p{L}\p{N}[]/iu.test(text);
  return hasHost && !DIRECTION_MARKS.test(text) ? { kind: 'link', text, url: text } : null;
}

/** `@name`, not inside a word; of two names the longer one is meant. */
function splitMentions(text: string, names: readonly string[]): Part[] {
  if (text === '') return [];
  if (names.length === 0 || !text.includes('@')) return [{ kind: 'text', text }];
  // Whoever is called 영희#0313 is also meant by @영희.
  const callable = names.flatMap((name) => (name.includes('#') ? [name, name.slice(0, name.indexOf('#'))] : [name]));
  const longestFirst = callable.sort((a, b) => b.length - a.length);
  const parts: Part[] = [];
  let end = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(at + 1, end))) {
    const isInWord = /[\p{L}\p{N}]/u.test(text.charAt(at - 1));
    const name = isInWord ? undefined : longestFirst.find((known) => text.startsWith(known, at + 1));
    if (name === undefined) continue;
    if (at > end) parts.push({ kind: 'text', text: text.slice(end, at) });
    parts.push({ kind: 'mention', text: `@${name}` });
    end = at + 1 + name.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
