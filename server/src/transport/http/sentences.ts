/** What a person reads when a write went well. */
import type { Locale } from '../../protocol/index.ts';

const SENTENCES = {
  roomCreated: { ko: '채팅방이 생성되었습니다', en: 'The room was created', ja: '部屋を作成しました' },
  messageSent: { ko: '메시지를 보냈습니다', en: 'The message was sent', ja: 'メッセージを送信しました' },
  memberRemoved: { ko: '멤버를 내보냈습니다', en: 'The member was removed', ja: 'メンバーを退出させました' },
  sessionCreated: { ko: '입장할 준비가 되었습니다', en: 'You are signed in', ja: '入室の準備ができました' },
  sessionRenewed: { ko: '세션이 연장되었습니다', en: 'Your session was renewed', ja: 'セッションを延長しました' },
  sessionEnded: { ko: '모든 방에서 나왔습니다', en: 'You are signed out', ja: 'すべての部屋から退出しました' },
} as const satisfies Record<string, Record<Locale, string>>;

/** Which write went well. */
export type SentenceName = keyof typeof SENTENCES;

/** The sentence in one language. */
export function sentence(name: SentenceName, locale: Locale): string {
  return SENTENCES[name][locale];
}
