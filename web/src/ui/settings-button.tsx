/** Opens the settings. */
import type { Texts } from '../i18n/texts.ts';
import { Icon } from './icons.tsx';

/** See the file's sentence. `isPhoneOnly`: elsewhere there is another one in sight. */
export function SettingsButton({ texts, open, isPhoneOnly = false }: SettingsButtonProps) {
  return (
    <button
      type="button"
      class={isPhoneOnly ? 'icon-button phone-only' : 'icon-button'}
      aria-label={texts.settings}
      aria-haspopup="dialog"
      onClick={open}
    >
      <Icon name="settings" />
    </button>
  );
}

/** What it needs. */
export type SettingsButtonProps = { texts: Texts; open(): void; isPhoneOnly?: boolean };
