/** The number that the generator writes into every message, and finds again in the bytes of a delivery without parsing them. */

const MARK = '@@';
const DIGITS = 8;
const AT = 0x40;
const ZERO = 0x30;
/** About as long as what people write. */
const FILLER = ' the quick brown fox jumps over the lazy dog, 다람쥐 헌 쳇바퀴에 타고파';
const SEQ = '"seq":';

/** The text of message `number`. */
export function markedText(number: number): string {
  return `${MARK}${String(number).padStart(DIGITS, '0')}${FILLER}`;
}

/** Where mark and sequence stood last time: they are nearly always there again, a search is the exception. */
export type Places = { mark: number; seq: number };

/** The number of a message; -1 for a frame that is none. */
export function readMark(bytes: Buffer, { start, end }: { start: number; end: number }, places: Places): number {
  let at = start + places.mark;
  if (at + 2 + DIGITS > end || bytes[at] !== AT || bytes[at + 1] !== AT) {
    at = bytes.indexOf(MARK, start, 'latin1');
    if (at < 0 || at + 2 + DIGITS > end) return -1;
    places.mark = at - start;
  }
  let number = 0;
  for (let i = at + 2; i < at + 2 + DIGITS; i++) number = number * 10 + (bytes[i] ?? ZERO) - ZERO;
  return number;
}

/** The room's sequence number of a C2C message; -1 where there is none. */
export function readSeq(bytes: Buffer, { start, end }: { start: number; end: number }, places: Places): number {
  let at = start + places.seq;
  if (at >= end || bytes[at - 1] !== 0x3a || bytes[at - 3] !== 0x71 || bytes[at - 6] !== 0x22) {
    const found = bytes.indexOf(SEQ, start, 'latin1');
    if (found < 0 || found >= end) return -1;
    at = found + SEQ.length;
    places.seq = at - start;
  }
  let seq = 0;
  for (let digit = (bytes[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - ZERO) {
    seq = seq * 10 + digit;
  }
  return seq;
}
