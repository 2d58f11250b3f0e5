/** The page's composition: what the browser gives goes into the model, the model goes into the page. */
import { options, render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/figures.css';
import './styles/forms.css';
import './styles/shell.css';
import './styles/preferences.css';
import './styles/welcome.css';
import './styles/room.css';
import './styles/conversation.css';
import './styles/bubble.css';
import './styles/composer.css';
import { drawPerFrame, followAddress, followAttention, followNetwork, followScreen, sharedStore } from './browser.ts';
import { createApp } from './model/app.ts';
import { createClient, createRestClient } from './net/client.ts';
import { forgetOutbox } from './net/indexeddb-storage.ts';
import { systemClock } from './net/platform.ts';
import { createNoticeBoard } from './notice-board.ts';
import { createTabOutbox } from './tab-outbox.ts';
import { Page } from './ui/page.tsx';

// A burst of messages is one drawing a frame, not one each.
options.debounceRendering = drawPerFrame;
followScreen();

/** Whoever reads far back must not lose the place when something new comes; only a window of it is ever drawn. */
const KEPT_MESSAGES = 6_000;

const { origin } = location;
const outbox = createTabOutbox();
const app = createApp({
  store: sharedStore(),
  wanted: navigator.languages,
  rest: createRestClient({ url: origin }),
  connect: (identity) => createClient({ url: origin, storage: outbox, keepMessages: KEPT_MESSAGES, ...identity }),
  // A browser that keeps no database has kept nothing to forget.
  forgetOutbox: () => forgetOutbox().catch(() => undefined),
  clock: systemClock,
  isWatched: followAttention(),
  isOnline: followNetwork(),
  address: followAddress(),
  board: createNoticeBoard(),
});
addEventListener('online', () => app.reconnectNow());
addEventListener('pagehide', () => app.flush());

const place = document.getElementById('app');
if (place) render(<Page app={app} />, place);
