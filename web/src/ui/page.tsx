/** The page: shows the screen that the model names. */
import { useSignalEffect } from '@preact/signals';
import type { App } from '../model/app.ts';
import { RoomScreen } from './room-screen.tsx';
import { BrokenScreen, EnterScreen, HomeScreen } from './welcome-screens.tsx';

/** See the file's sentence. */
export function Page({ app }: { app: App }) {
  useSignalEffect(() => {
    const { language, theme, texts } = app.preferences;
    document.documentElement.lang = language.value;
    document.documentElement.dataset.theme = theme.value;
    const screen = app.screen.value;
    const room = screen.kind === 'room' ? (screen.conversation.title.value ?? texts.value.roomTitle) : null;
    document.title = room === null ? texts.value.appName : `${room} · ${texts.value.appName}`;
  });
  const screen = app.screen.value;
  if (screen.kind === 'home') return <HomeScreen app={app} />;
  if (screen.kind === 'enter') return <EnterScreen app={app} screen={screen} />;
  if (screen.kind === 'broken') return <BrokenScreen app={app} screen={screen} />;
  return <RoomScreen key={screen.conversation.roomId} app={app} conversation={screen.conversation} />;
}
