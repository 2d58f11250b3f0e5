/** Schema errors as a person reads them: which field, and what is wrong with it, in their language. */
import type { FieldError, Locale } from '../protocol/index.ts';

/** What a schema validator says about one place; the shape both TypeBox and Fastify use. */
export type SchemaError = {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
};

const MOST_FIELDS = 10;
const LONGEST_PATH = 100;

const SENTENCES = {
  required: { ko: '꼭 필요한 항목입니다', en: 'is required', ja: '必須項目です' },
  unknown: { ko: '알 수 없는 항목입니다', en: 'is not known here', ja: '不明な項目です' },
  type: { ko: '값의 종류가 올바르지 않습니다', en: 'has the wrong type', ja: '値の型が正しくありません' },
  short: { ko: '너무 짧습니다', en: 'is too short', ja: '短すぎます' },
  long: { ko: '너무 깁니다', en: 'is too long', ja: '長すぎます' },
  range: { ko: '허용된 범위를 벗어났습니다', en: 'is out of range', ja: '範囲外の値です' },
  unreadable: { ko: 'JSON 으로 읽을 수 없습니다', en: 'cannot be read as JSON', ja: 'JSON として読み取れません' },
  form: { ko: '형식이 올바르지 않습니다', en: 'has the wrong form', ja: '形式が正しくありません' },
} as const satisfies Record<string, Record<Locale, string>>;
const SENTENCE_OF: Readonly<Record<string, keyof typeof SENTENCES>> = {
  required: 'required',
  additionalProperties: 'unknown',
  boolean: 'unknown',
  type: 'type',
  anyOf: 'type',
  minLength: 'short',
  maxLength: 'long',
  minimum: 'range',
  maximum: 'range',
};

/** At most ten fields, each once. A field that is missing or unknown is named itself, not the object around it. */
export function toFieldErrors(errors: readonly SchemaError[], locale: Locale): FieldError[] {
  const fields = new Map<string, FieldError>();
  for (const error of errors) {
    for (const path of pathsOf(error)) {
      if (fields.size === MOST_FIELDS) return [...fields.values()];
      const sentence = SENTENCES[SENTENCE_OF[error.keyword] ?? 'form'];
      if (!fields.has(path)) fields.set(path, { path, message: sentence[locale] });
    }
  }
  return [...fields.values()];
}

/** The whole request could not be read: no field can be named. */
export function unreadableInput(locale: Locale): FieldError[] {
  return [{ path: '', message: SENTENCES.unreadable[locale] }];
}

function pathsOf({ keyword, instancePath, params }: SchemaError): string[] {
  const base = instancePath.split('/').filter((part) => part !== '');
  const named = keyword === 'required' ? params.requiredProperties : params.additionalProperties;
  const names = Array.isArray(named) ? named.slice(0, MOST_FIELDS).map(String) : [];
  const paths = names.length > 0 ? names.map((name) => [...base, name]) : [base];
  return paths.map((path) => path.join('/').slice(0, LONGEST_PATH));
}
