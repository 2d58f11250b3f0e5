/** Says that the connection is away, for how long, and lets one try at once. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';

/** See the file's sentence. */
export function ConnectionBanner({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const state = conversation.connection.value;
  const isOffline = state.status === 'offline';
  const now = useSecondsClock(isOffline);
  const isReconnecting = state.status === 'connecting' && state.attempt > 0;
  // Before the first join one failure is no news: another door may simply be needed.
  const isFirstTry = conversation.me.value === '' && (isOffline || isReconnecting) && state.attempt <= 1;
  if (isFirstTry || (!isOffline && !isReconnecting)) return <div class="banner-place" role="status" />;
  const seconds = isOffline ? Math.ceil((state.retryAtMs - now) / 1000) : 0;
  const waiting = seconds > 0 ? texts.offlineIn(seconds) : texts.offlineNow;
  return (
    <div class="banner-place" role="status">
      <div class="banner">
        {/* The countdown is for eyes; a screen reader hears that the connection is lost once. */}
        <span aria-hidden={isOffline}>{isOffline ? waiting : texts.reconnecting}</span>
        {isOffline && <span class="visually-hidden">{texts.offlineNow}</span>}
        {isOffline && (
          <button type="button" class="button small" onClick={() => conversation.reconnectNow()}>
            {texts.reconnectNow}
          </button>
        )}
      </div>
    </div>
  );
}

function useSecondsClock(isRunning: boolean): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    if (!isRunning) return;
    now.value = Date.now();
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 250);
    return () => clearInterval(timer);
  }, [isRunning, now]);
  return now.value;
}
