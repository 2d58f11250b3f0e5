/** The outbox of this tab: survives a reload, and takes over what tabs that were closed had waiting. */

import { tabStore } from './browser.ts';
import { Kept } from './model/keep.ts';
import type { OutboxStorage } from './net/client.ts';
import { createIndexedDbStorage } from './net/indexeddb-storage.ts';
import { randomId } from './net/platform.ts';

const PREFIX = 'c2c.tab.';
/** A page that is being reloaded holds its name a moment longer. */
const PATIENCE_MS = 1_000;

/** See the file's sentence. */
export function createTabOutbox(): OutboxStorage {
  const opened = claimName().then((owner) => createIndexedDbStorage(owner, { isGone: findGone }));
  return {
    load: async () => (await opened).load(),
    put: async (entry) => (await opened).put(entry),
    remove: async (order) => (await opened).remove(order),
  };
}

/** This tab's name: the one it had before a reload, unless it is a copy of a tab that still lives. */
async function claimName(): Promise<string> {
  const kept = new Kept(tabStore(), 'tab');
  const before = kept.read();
  if (before !== null && (await holdName(before))) return before;
  const name = randomId();
  kept.write(name);
  await holdName(name);
  return name;
}

/** Holds a name for as long as the page lives; false where another page does. Without locks every name is free. */
function holdName(name: string): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => undefined);
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    locks.request(PREFIX + name, { signal }, hold).catch(() => resolve(false));
  });
}

/** Which owners have no page any more. Without locks nobody can tell, and none counts as gone. */
async function findGone(): Promise<(owner: string) => boolean> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return () => false;
  const { held = [] } = await locks.query();
  const alive = new Set(held.map(({ name }) => name));
  return (owner) => !alive.has(PREFIX + owner);
}
