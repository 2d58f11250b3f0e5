/** What stands above the oldest message that is here: that older ones are being read, could not be, or can be. */
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';

/** See the file's sentence. */
export function OlderLine({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const { older } = conversation;
  if (conversation.rows.value.length === 0 && older.state.value !== 'failed') return null;
  if (older.state.value === 'loading') return <p class="quiet-line">{texts.loadingOlder}</p>;
  if (!older.hasMore) return null;
  return (
    <div class="quiet-line">
      {older.state.value === 'failed' && <p>{texts.olderFailed}</p>}
      <button type="button" class="button small" onClick={() => void older.load()}>
        {older.state.value === 'failed' ? texts.retryNow : texts.olderMore}
      </button>
    </div>
  );
}
