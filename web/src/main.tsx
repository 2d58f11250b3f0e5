/** The page's composition: what the browser gives goes into the model, the model goes into the page. */
import { options, render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/forms.css';
import './styles/shell.css';
import './styles/welcome.css';
import './styles/room.css';
import './styles/conversation.css';
import './styles/composer.css';
import { drawPerFrame, followAddress, followAttention, followScreen, sharedStore, tabStore } from './browser.ts';
import { createApp } from './model/app.ts';
import { Kept } from './model/keep.ts';
import { createClient, createRestClient } from './net/client.ts';
import { createIndexedDbStorage, forgetOutbox } from './net/indexeddb-storage.ts';
import { randomId, systemClock } from './net/platform.ts';
import { Page } from './ui/page.tsx';

// A burst of messages is one drawing a frame, not one each.
options.debounceRendering = drawPerFrame;
followScreen();

const tab = new Kept(tabStore(), 'tab');
const owner = tab.read() ?? randomId();
tab.write(owner);

const { origin } = location;
const app = createApp({
  store: sharedStore(),
  wanted: navigator.languages,
  rest: createRestClient({ url: origin }),
  connect: (identity) => createClient({ url: origin, storage: createIndexedDbStorage(owner), ...identity }),
  forgetOutbox,
  clock: systemClock,
  isWatched: followAttention(),
  address: followAddress(),
});
addEventListener('online', () => app.reconnectNow());
addEventListener('pagehide', () => app.flush());

const place = document.getElementById('app');
if (place) render(<Page app={app} />, place);
