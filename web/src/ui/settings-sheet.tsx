/** Settings of the person at this browser: language, look, notices, what the keys do, how the connection is; and the way out. */
import { useSignal } from '@preact/signals';
import type { App } from '../model/app.ts';
import { AskButton } from './ask-button.tsx';
import { DiagnosticsTable } from './diagnostics-table.tsx';
import { Icon } from './icons.tsx';
import { NoticeChoice } from './notice-choice.tsx';
import { PreferencesBar } from './preferences-bar.tsx';
import { Sheet } from './sheet.tsx';
import { ShortcutTable } from './shortcut-table.tsx';

/** See the file's sentence. */
export function SettingsSheet({ app, close, first = 'settings' }: SettingsSheetProps) {
  const page = useSignal(first);
  const texts = app.preferences.texts.value;
  const turn = (next: typeof first) => () => {
    page.value = next;
  };
  return (
    <Sheet title={texts[page.value]} closeLabel={texts.close} close={close}>
      {page.value === 'shortcuts' && <ShortcutTable app={app} />}
      {page.value === 'diagnostics' && <DiagnosticsTable app={app} />}
      {page.value === 'settings' && (
        <>
          <PreferencesBar app={app} />
          <NoticeChoice app={app} />
          <div class="settings-links">
            <button type="button" class="button" onClick={turn('shortcuts')}>
              <Icon name="keyboard" />
              {texts.shortcuts}
            </button>
            <button type="button" class="button" onClick={turn('diagnostics')}>
              <Icon name="pulse" />
              {texts.diagnostics}
            </button>
          </div>
          <AskButton
            texts={texts}
            label={texts.logOut}
            question={texts.logOutAsk}
            yes={texts.logOut}
            busy={texts.loggingOut}
            act={app.logOut}
          />
        </>
      )}
    </Sheet>
  );
}

/** `first` is the page it opens with. */
export type SettingsSheetProps = { app: App; close(): void; first?: 'settings' | 'shortcuts' | 'diagnostics' };
