/** Says that the connection is away, for how long, and lets one try at once. */
import type { App } from '../model/app.ts';
import { useNow } from './use-now.ts';

/** See the file's sentence. */
export function ConnectionBanner({ app }: { app: App }) {
  const texts = app.preferences.texts.value;
  const state = app.connection.value;
  const isOffline = state.status === 'offline';
  const now = useNow(isOffline);
  const isReconnecting = state.status === 'connecting' && state.attempt > 0;
  // One failure may only mean that another door is needed.
  const isFirstTry = (isOffline || isReconnecting) && state.attempt <= 1 && !app.hasBeenLive.value;
  const isCut = !app.isOnline.value && state.status !== 'idle';
  if (!isCut && (isFirstTry || (!isOffline && !isReconnecting))) return <div class="banner-place" role="status" />;
  const seconds = isOffline ? Math.ceil((state.retryAtMs - now) / 1000) : 0;
  const waiting = seconds > 0 ? texts.offlineIn(seconds) : texts.offlineNow;
  return (
    <div class="banner-place" role="status">
      <div class="banner">
        {/* The countdown is for eyes; a screen reader hears that the connection is lost once. */}
        <span aria-hidden={isOffline}>{isOffline ? waiting : isCut ? texts.noNetwork : texts.reconnecting}</span>
        {isOffline && <span class="visually-hidden">{texts.offlineNow}</span>}
        {isOffline && (
          <button type="button" class="button small" onClick={() => app.reconnectNow()}>
            {texts.reconnectNow}
          </button>
        )}
      </div>
    </div>
  );
}
