/** What a name looks like: the same for names that people cannot tell apart (Unicode TS #39, without regard to case). */
import unhomoglyph from 'unhomoglyph';

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const LOWER_I = /i/g;

/**
 * Cyrillic `а` and Latin `a`, `Anna` and `anna`, `O` and `0`, two spaces and one look alike. Only for comparing: what it
 * answers is no name. Empty where there is nothing to be seen.
 */
export function lookOf(userId: string): string {
  const plain = userId.normalize('NFKC').replace(INVISIBLE, '');
  // Twice, since some look-alikes are capitals and some are not; `I`, `l` and `1` are one by now, `i` is its small form.
  const folded = foldCase(unhomoglyph(foldCase(unhomoglyph(plain))));
  return folded.replace(LOWER_I, 'l').replace(/ +/g, ' ').trim();
}

/** By way of capitals, which makes `ß` and `ss` one. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}
