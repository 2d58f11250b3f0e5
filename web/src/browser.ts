/** What the page takes from the browser around it, in the shapes that the model asks for. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { createForgetfulStore, type KeyValueStore, type SharedStore } from './model/keep.ts';
import type { Address } from './model/stage.ts';

const PROBE = 'c2c.probe';
/** A page in the background is given no frames, but its title must still say what is new. */
const HIDDEN_FRAME_MS = 250;

/** The store of the tab, or one that forgets. */
export function tabStore(): KeyValueStore {
  return workingStore(() => sessionStorage) ?? createForgetfulStore();
}

/** The store that all tabs share, or one that forgets. */
export function sharedStore(): SharedStore {
  const store = workingStore(() => localStorage);
  if (!store) return createForgetfulStore();
  return {
    getItem: (key) => store.getItem(key),
    setItem: (key, value) => store.setItem(key, value),
    removeItem: (key) => store.removeItem(key),
    subscribe(changed) {
      const listener = ({ key }: StorageEvent) => changed(key);
      addEventListener('storage', listener);
      return () => removeEventListener('storage', listener);
    },
  };
}

/** Browsers may forbid a store: asking for it, or writing to it, throws then. */
function workingStore(open: () => Storage): Storage | null {
  try {
    const store = open();
    store.setItem(PROBE, '');
    store.removeItem(PROBE);
    return store;
  } catch {
    return null;
  }
}

/** The address bar. */
export function followAddress(): Address {
  return {
    origin: location.origin,
    read: () => location.pathname + location.hash,
    go: (path) => history.pushState(null, '', path),
    subscribe(changed) {
      addEventListener('popstate', changed);
      addEventListener('hashchange', changed);
    },
  };
}

/** Whether the page is in front and in use. */
export function followAttention(): ReadonlySignal<boolean> {
  const look = () => document.visibilityState === 'visible' && document.hasFocus();
  const isWatched = signal(look());
  const update = () => {
    isWatched.value = look();
  };
  document.addEventListener('visibilitychange', update);
  addEventListener('focus', update);
  addEventListener('blur', update);
  return isWatched;
}

/** Whether the browser believes that there is a network. */
export function followNetwork(): ReadonlySignal<boolean> {
  const isOnline = signal(navigator.onLine);
  addEventListener('online', () => {
    isOnline.value = true;
  });
  addEventListener('offline', () => {
    isOnline.value = false;
  });
  return isOnline;
}

/** Runs a drawing with the next frame, or soon where there are none. */
export function drawPerFrame(draw: () => void): void {
  const run = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    draw();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, HIDDEN_FRAME_MS);
}

/** Keeps `--screen` at the height that a soft keyboard leaves, where the browser does not do so itself. */
export function followScreen(): void {
  const screen = window.visualViewport;
  if (!screen) return;
  const fit = () => {
    // Whoever zooms in sees less of the page, and the page is no smaller.
    const height = Math.round(screen.height * screen.scale);
    document.documentElement.style.setProperty('--screen', `${height}px`);
    // Some browsers push the page up to show the field; it is in sight by now.
    if (screen.scale === 1 && screen.offsetTop > 0) scrollTo(0, 0);
  };
  screen.addEventListener('resize', fit);
  fit();
}
