/** Above the field: the message that is being answered. */
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { excerptOf } from '../model/rich-text.ts';
import { Icon } from './icons.tsx';

/** See the file's sentence. */
export function AnsweredBar({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const { composing } = conversation;
  const answered = composing.answered.value;
  if (!answered) return null;
  return (
    <div class="answered" role="status">
      <Icon name="reply" />
      <span class="answered-body">
        <strong>{texts.replyingTo(answered.from)}</strong>
        <bdi>{excerptOf(answered.text)}</bdi>
      </span>
      <button type="button" class="icon-button" aria-label={texts.cancelReply} onClick={() => composing.answer(null)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
