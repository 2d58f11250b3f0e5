/** Which language somebody is answered in: RFC 9110 Accept-Language, or an explicit locale such as `en` or `ja_JP`. */
import { LOCALES, type Locale } from '../protocol/index.ts';

const FALLBACK: Locale = LOCALES[0];
const LONGEST_HEADER = 1024;
const RANGE = /^([a-z]{1,8}|\*)(?:[-_][a-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i;

/**
 * The best of our locales for what is wanted; Korean where nothing fits. A region is ignored (`en-GB` is `en`), among
 * equal weights the first stands, `q=0` excludes, `*` means any that is not excluded. What cannot be read is skipped.
 */
export function negotiateLocale(wanted: string | undefined): Locale {
  if (wanted === undefined) return FALLBACK;
  const weights = readWeights(wanted.slice(0, LONGEST_HEADER));
  const any = weights.get('*') ?? 0;
  let best: { locale: Locale; weight: number; rank: number } | null = null;
  for (const locale of LOCALES) {
    const weight = weights.get(locale) ?? any;
    const rank = weights.has(locale) ? [...weights.keys()].indexOf(locale) : weights.size;
    if (weight === 0) continue;
    if (best === null || weight > best.weight || (weight === best.weight && rank < best.rank))
      best = { locale, weight, rank };
  }
  return best?.locale ?? FALLBACK;
}

function readWeights(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const match = RANGE.exec(part.trim());
    const language = match?.[1]?.toLowerCase();
    if (language === undefined) continue;
    const weight = Number(match?.[2] ?? 1);
    if (weight > (weights.get(language) ?? -1)) weights.set(language, weight);
  }
  return weights;
}
