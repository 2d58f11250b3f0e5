/** Settings of the person at this browser, and the way out. */
import { useSignal } from '@preact/signals';
import type { App } from '../model/app.ts';
import { Icon } from './icons.tsx';
import { PreferencesBar } from './preferences-bar.tsx';
import { Sheet } from './sheet.tsx';

/** See the file's sentence. */
export function SettingsSheet({ app, close }: { app: App; close(): void }) {
  const texts = app.preferences.texts.value;
  return (
    <Sheet title={texts.settings} closeLabel={texts.close} close={close}>
      <PreferencesBar app={app} />
      <LogOut app={app} />
    </Sheet>
  );
}

function LogOut({ app }: { app: App }) {
  const step = useSignal<'resting' | 'asking' | 'busy'>('resting');
  const texts = app.preferences.texts.value;
  const logOut = async () => {
    step.value = 'busy';
    await app.logOut();
  };
  if (step.value === 'resting') {
    return (
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          step.value = 'asking';
        }}
      >
        <Icon name="leave" />
        {texts.logOut}
      </button>
    );
  }
  const isBusy = step.value === 'busy';
  return (
    <fieldset class="ask" aria-label={texts.logOut}>
      <p>{texts.logOutAsk}</p>
      <button type="button" class="button danger" aria-disabled={isBusy} onClick={() => !isBusy && void logOut()}>
        {isBusy ? texts.loggingOut : texts.logOut}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          step.value = 'resting';
        }}
      >
        {texts.cancel}
      </button>
    </fieldset>
  );
}
