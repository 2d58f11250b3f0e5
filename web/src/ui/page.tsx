/** The page: shows the screen that the model names, and keeps language, theme, title and icon of the document in step. */
import { useSignalEffect } from '@preact/signals';
import type { Texts } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { Screen } from '../model/screen.ts';
import { nameOfRoom } from './room-name.ts';
import { Shell } from './shell.tsx';
import { EnterScreen, WelcomeScreen } from './welcome-screens.tsx';

/** See the file's sentence. */
export function Page({ app }: { app: App }) {
  useSignalEffect(() => dress(app));
  const screen = app.screen.value;
  if (screen.kind === 'welcome') return <WelcomeScreen app={app} screen={screen} />;
  if (screen.kind === 'enter') return <EnterScreen app={app} screen={screen} />;
  return <Shell app={app} screen={screen} />;
}

function dress(app: App): void {
  const { language, theme, texts } = app.preferences;
  const unread = app.rooms.unread.value;
  const { documentElement } = document;
  documentElement.lang = language.value;
  documentElement.dataset.theme = theme.value;
  const count = unread > 0 ? `(${unread > 999 ? '999+' : unread}) ` : '';
  document.title = count + titleOf(app.screen.value, texts.value);
  const icon = document.querySelector('link[rel=icon]');
  icon?.setAttribute('href', unread > 0 ? '/favicon-unread.svg' : '/favicon.svg');
}

function titleOf(screen: Screen, texts: Texts): string {
  if (screen.kind !== 'room') return texts.appName;
  const { title, people } = screen.conversation;
  return `${nameOfRoom({ title: title.value, people: people.value }, texts)} · ${texts.appName}`;
}
