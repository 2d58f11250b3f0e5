/** The one table of expected errors: code → HTTP status, whether trying again helps, and the texts that PostgreSQL may override. */

/** The languages the texts exist in; the first is used where nothing fits. */
export const LOCALES = ['ko', 'en', 'ja'] as const;
export type Locale = (typeof LOCALES)[number];

/** What a person reads: the sentence and, where there is one, what to do about it. */
export type ErrorText = { message: string; hint: string | null };
type ErrorRow = { status: number; retryable: boolean; texts: Record<Locale, ErrorText> };

const text = (message: string, hint: string | null = null): ErrorText => ({ message, hint });

function row(status: number, retryable: boolean, texts: Record<Locale, ErrorText>): ErrorRow {
  return { status, retryable, texts };
}

/** Every error a client can meet. */
export const ERRORS = {
  VALIDATION_FAILED: row(400, false, {
    ko: text('입력한 내용이 올바르지 않습니다', '표시된 항목을 고쳐 주세요'),
    en: text('The input is not valid', 'Correct the fields that are named'),
    ja: text('入力内容が正しくありません', '示された項目を直してください'),
  }),
  UNAUTHORIZED: row(401, false, {
    ko: text('인증이 필요합니다', '이름을 입력하고 다시 들어와 주세요'),
    en: text('You are not signed in', 'Enter with a name or a valid token'),
    ja: text('認証が必要です', '名前を入力して入り直してください'),
  }),
  SESSION_EXPIRED: row(401, false, {
    ko: text('세션이 만료되었습니다', '다시 입장해 주세요'),
    en: text('Your session has ended', 'Enter again'),
    ja: text('セッションの有効期限が切れました', 'もう一度入室してください'),
  }),
  FORBIDDEN: row(403, false, {
    ko: text('권한이 없습니다'),
    en: text('You are not allowed to do that'),
    ja: text('権限がありません'),
  }),
  NOT_A_MEMBER: row(403, false, {
    ko: text('이 방의 멤버가 아닙니다', '먼저 방에 들어와 주세요'),
    en: text('You are not a member of this room', 'Join the room first'),
    ja: text('この部屋のメンバーではありません', '先に入室してください'),
  }),
  ROOM_NOT_FOUND: row(404, false, {
    ko: text('방을 찾을 수 없습니다', '링크를 다시 확인하세요'),
    en: text('There is no such room', 'Check the link'),
    ja: text('部屋が見つかりません', 'リンクを確認してください'),
  }),
  NOT_FOUND: row(404, false, {
    ko: text('찾을 수 없는 주소입니다', '/api/docs 에서 주소를 확인하세요'),
    en: text('There is nothing at this address', 'See /api/docs'),
    ja: text('このアドレスには何もありません', '/api/docs を確認してください'),
  }),
  METHOD_NOT_ALLOWED: row(405, false, {
    ko: text('이 주소에서 쓸 수 없는 메서드입니다', '/api/docs 에서 메서드를 확인하세요'),
    en: text('This address does not take that method', 'See /api/docs'),
    ja: text('このアドレスでは使えないメソッドです', '/api/docs を確認してください'),
  }),
  RETRY_TOO_OLD: row(409, false, {
    ko: text('너무 오래된 재전송입니다', '이미 보내졌을 수 있으니 확인한 뒤 새 메시지로 보내세요'),
    en: text('This retry is too old to be safe', 'It may have arrived; check, then send it as a new message'),
    ja: text('再送が古すぎます', '届いている可能性があります。確認してから新しいメッセージとして送ってください'),
  }),
  CLIENT_MSG_ID_REUSED: row(409, false, {
    ko: text('다른 메시지에 이미 쓰인 clientMsgId 입니다', '메시지마다 새 id 를 쓰세요'),
    en: text('This clientMsgId belongs to another message', 'Use a fresh id for every message'),
    ja: text('この clientMsgId は別のメッセージで使われています', 'メッセージごとに新しい id を使ってください'),
  }),
  MESSAGE_TOO_LONG: row(413, false, {
    ko: text('메시지가 너무 깁니다', '4000자까지 보낼 수 있습니다'),
    en: text('The message is too long', 'At most 4000 characters'),
    ja: text('メッセージが長すぎます', '4000文字まで送れます'),
  }),
  PAYLOAD_TOO_LARGE: row(413, false, {
    ko: text('보낸 데이터가 너무 큽니다', '64 KiB 까지 보낼 수 있습니다'),
    en: text('The payload is too large', 'At most 64 KiB'),
    ja: text('送信データが大きすぎます', '64 KiB まで送れます'),
  }),
  RATE_LIMITED: row(429, true, {
    ko: text('요청이 너무 많습니다', '잠시 뒤 다시 시도하세요'),
    en: text('Too many requests', 'Try again in a moment'),
    ja: text('リクエストが多すぎます', '少し待ってから試してください'),
  }),
  INTERNAL: row(500, true, {
    ko: text('서버에 문제가 생겼습니다', '잠시 뒤 다시 시도하세요'),
    en: text('Something went wrong on our side', 'Try again in a moment'),
    ja: text('サーバーで問題が発生しました', '少し待ってから試してください'),
  }),
  SERVICE_UNAVAILABLE: row(503, true, {
    ko: text('지금은 처리할 수 없습니다', '잠시 뒤 다시 시도하세요'),
    en: text('The service is not available right now', 'Try again in a moment'),
    ja: text('現在処理できません', '少し待ってから試してください'),
  }),
  OVERLOADED: row(503, true, {
    ko: text('접속이 몰리고 있습니다', '잠시 뒤 다시 시도하세요'),
    en: text('Too many people are connecting', 'Try again in a moment'),
    ja: text('アクセスが集中しています', '少し待ってから試してください'),
  }),
  DRAINING: row(503, true, {
    ko: text('이 서버는 곧 종료됩니다', '다시 연결하세요'),
    en: text('This node is about to stop', 'Connect again'),
    ja: text('このサーバーはまもなく停止します', '再接続してください'),
  }),
} as const satisfies Record<string, ErrorRow>;
export type ErrorCode = keyof typeof ERRORS;

/** Which of the input's fields is wrong, and how. `path` as in `text` or `a/b`; empty for the whole. */
export type FieldError = { path: string; message: string };

/** Facts beside an error; never a stack or a secret. */
export type ErrorDetails = {
  fields?: FieldError[];
  retryable?: boolean;
  retryAfterMs?: number;
  traceId?: string;
  uncertain?: boolean;
};

/** An error as both real-time doors send it. */
export type WireError = {
  code: ErrorCode;
  message: string;
  hint?: string;
  retryable: boolean;
  retryAfterMs?: number;
  details?: ErrorDetails;
};

/** Whether a text is one of the codes of the table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
