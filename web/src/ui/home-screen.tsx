/** `/` for whoever is known: a new room. */
import type { App } from '../model/app.ts';
import { Icon } from './icons.tsx';
import { PreferencesBar } from './preferences-bar.tsx';
import { RoomForm } from './room-form.tsx';

/** See the file's sentence. `canGoBack`: there is a list to go back to on a phone; `isBehind`: it is in front there. */
export function HomeScreen({ app, canGoBack, isBehind }: { app: App; canGoBack: boolean; isBehind: boolean }) {
  const texts = app.preferences.texts.value;
  return (
    <div class="welcome">
      {canGoBack && (
        <button
          type="button"
          class="icon-button phone-only to-list"
          aria-label={texts.back}
          onClick={() => app.go('/')}
        >
          <Icon name="back" />
        </button>
      )}
      <div class="card" role={isBehind ? undefined : 'main'}>
        <h1>{texts.homeTitle}</h1>
        <p class="lead">{texts.homeLead(app.session.value?.userId ?? '')}</p>
        <RoomForm app={app} />
      </div>
      <footer>
        <PreferencesBar app={app} />
      </footer>
    </div>
  );
}
