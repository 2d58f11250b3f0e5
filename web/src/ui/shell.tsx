/** The frame for whoever is known: rooms on the left, what is open beside them; on a phone one at a time. */
import { useSignal } from '@preact/signals';
import type { App } from '../model/app.ts';
import type { Screen } from '../model/screen.ts';
import { BrokenScreen } from './broken-screen.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { HomeScreen } from './home-screen.tsx';
import { NoticeBar } from './notice-bar.tsx';
import { RoomScreen } from './room-screen.tsx';
import { RoomsPane } from './rooms-pane.tsx';
import { SettingsSheet, type SettingsSheetProps } from './settings-sheet.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** See the file's sentence. */
export function Shell({ app, screen }: { app: App; screen: Exclude<Screen, { kind: 'welcome' | 'enter' }> }) {
  const hasRooms = app.rooms.rooms.value.length > 0;
  const isListInFront = screen.kind === 'home' && !screen.isMaking && hasRooms;
  const isKnown = app.session.value !== null;
  const sheet = useSignal<SettingsSheetProps['first'] | null>(null);
  const openSettings = () => {
    sheet.value = 'settings';
  };
  useShortcuts(app, () => {
    sheet.value = 'shortcuts';
  });
  return (
    // On a phone nothing else is seen while the list is in front.
    <div class={isListInFront ? 'shell list-in-front' : 'shell'} role={isListInFront ? 'main' : undefined}>
      {isKnown && <RoomsPane app={app} isInFront={isListInFront} openSettings={openSettings} />}
      <div class="stage">
        <ConnectionBanner app={app} />
        {screen.kind === 'home' && <HomeScreen app={app} canGoBack={hasRooms} isBehind={isListInFront} />}
        {screen.kind === 'broken' && <BrokenScreen app={app} screen={screen} />}
        {screen.kind === 'room' && (
          <RoomScreen
            key={screen.conversation.roomId}
            app={app}
            conversation={screen.conversation}
            openSettings={openSettings}
          />
        )}
      </div>
      <NoticeBar app={app} />
      {sheet.value && (
        <SettingsSheet
          app={app}
          first={sheet.value}
          close={() => {
            sheet.value = null;
          }}
        />
      )}
    </div>
  );
}
