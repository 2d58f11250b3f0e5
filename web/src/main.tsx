/** The page's composition: what the browser gives goes into the model, the model goes into the page. */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/welcome.css';
import './styles/room.css';
import './styles/conversation.css';
import { App, type Identity } from './model/app.ts';
import { createForgetfulStore, Kept, type KeyValueStore } from './model/keep.ts';
import { createPreferences } from './model/preferences.ts';
import { createClient, createRestClient } from './net/client.ts';
import { createIndexedDbStorage } from './net/indexeddb-storage.ts';
import { randomId, systemClock } from './net/platform.ts';
import { Page } from './ui/page.tsx';

/** Browsers may forbid a store: asking for it throws then. */
function storeOf(open: () => KeyValueStore): KeyValueStore {
  try {
    return open();
  } catch {
    return createForgetfulStore();
  }
}

const browserStore = storeOf(() => localStorage);
const tabStore = storeOf(() => sessionStorage);
const tab = new Kept(tabStore, 'tab');
const owner = tab.read() ?? randomId();
tab.write(owner);

const { origin } = location;
const app = new App({
  preferences: createPreferences(browserStore, navigator.languages),
  tabStore,
  rest: createRestClient({ url: origin }),
  connect: ({ token, name, locale }: Identity) =>
    createClient({
      ...{ url: origin, name, locale, storage: createIndexedDbStorage(owner) },
      ...(token === undefined ? {} : { token }),
    }),
  clock: systemClock,
  address: {
    origin,
    path: () => location.pathname,
    go: (path) => history.pushState(null, '', path),
    subscribe: (changed) => addEventListener('popstate', changed),
  },
});
addEventListener('online', () => app.networkIsBack());

const place = document.getElementById('app');
if (place) render(<Page app={app} />, place);
