/** Schema errors as a person reads them: which field, and what is wrong with it, in their language. */
import type { FieldError, Locale } from '../protocol/index.ts';
import type { FieldProblem, InvalidField } from '../service/chat-error.ts';

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
  binary: {
    ko: '바이너리 데이터는 받지 않습니다',
    en: 'binary data is not supported',
    ja: 'バイナリデータには対応していません',
  },
  creatorStays: {
    ko: '방을 만든 사람은 내보낼 수 없습니다. 나가려면 방에서 나가기를 쓰세요',
    en: 'the creator cannot be removed; leave the room instead',
    ja: '部屋を作成した人は外せません。退出するには部屋から退出してください',
  },
  eventName: {
    ko: '이벤트 이름은 글자여야 합니다',
    en: 'the event name must be a text',
    ja: 'イベント名は文字列にしてください',
  },
  frameId: {
    ko: '{limit}자 이하의 글자이거나 숫자여야 합니다',
    en: 'must be a text of at most {limit} characters or a number',
    ja: '{limit}文字以内の文字列か数値にしてください',
  },
  keyForm: {
    ko: '눈에 보이는 ASCII 문자 1~128자여야 합니다',
    en: 'must be 1 to 128 visible ASCII characters',
    ja: '1～128文字の印字可能な ASCII 文字にしてください',
  },
  keyReused: {
    ko: '이미 다른 요청에 쓰인 키입니다',
    en: 'stands for another request already',
    ja: '別の要求で使われているキーです',
  },
  name: {
    ko: '글자나 숫자로 시작해 글자, 숫자, 공백, _ . - 로 32자까지 쓸 수 있습니다',
    en: 'must be 1 to 32 letters, digits, spaces, _ . - and begin with a letter or digit',
    ja: '文字か数字で始まり、文字・数字・空白・_ . - で32文字までにしてください',
  },
  nameWithoutToken: {
    ko: '토큰이 없으면 꼭 필요합니다',
    en: 'is required without a token',
    ja: 'トークンがない場合は必須です',
  },
  oneOfManyRooms: {
    ko: '여러 방에 들어와 있으므로 어느 방인지 알려 주어야 합니다',
    en: 'must be given: this connection is in more than one room',
    ja: '複数の部屋にいるため、どの部屋かを指定してください',
  },
  onePayload: {
    ko: '데이터 하나와 콜백 하나만 보낼 수 있습니다',
    en: 'one payload and one callback are all there can be',
    ja: 'データ1つとコールバック1つだけ送れます',
  },
  position: {
    ko: '이 서비스의 위치 값이 아닙니다',
    en: 'is not a position of this service',
    ja: 'このサービスの位置ではありません',
  },
  text: { ko: '글자여야 합니다', en: 'must be a text', ja: '文字列にしてください' },
  tooLong: { ko: '{limit}자까지 쓸 수 있습니다', en: 'at most {limit} characters', ja: '{limit}文字までです' },
  tooManyRooms: {
    ko: '연결 하나로 방 {limit}개까지 들어갈 수 있습니다',
    en: 'at most {limit} rooms on one connection',
    ja: '1つの接続で入れる部屋は{limit}個までです',
  },
  unknownRequest: {
    ko: '이 서비스에 없는 요청입니다',
    en: 'is not a request of this service',
    ja: 'このサービスにない要求です',
  },
  unreadablePacket: { ko: '패킷을 읽을 수 없습니다', en: 'the packet cannot be read', ja: 'パケットを読み取れません' },
  userId: { ko: '사용자 이름이 아닙니다', en: 'is not a user id', ja: 'ユーザー名ではありません' },
} as const satisfies Record<string, Record<Locale, string>> & Record<FieldProblem, unknown>;
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

/** One field and what is wrong with it beside its schema. */
export function toFieldError({ path, problem, limit }: InvalidField, locale: Locale): FieldError {
  return { path, message: SENTENCES[problem][locale].replace('{limit}', String(limit)) };
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
