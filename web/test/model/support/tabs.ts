/** One browser with several tabs: what one of them writes, the others are told of. */
import type { SharedStore } from '../../../src/model/keep.ts';

/** Opens tabs on one store. */
export function openBrowser(): { openTab(): SharedStore; values: Map<string, string> } {
  const values = new Map<string, string>();
  const tabs = new Map<SharedStore, Set<(key: string | null) => void>>();
  const tell = (writer: SharedStore, key: string) => {
    for (const [tab, listeners] of tabs) if (tab !== writer) for (const listener of listeners) listener(key);
  };
  return {
    values,
    openTab() {
      const listeners = new Set<(key: string | null) => void>();
      const tab: SharedStore = {
        getItem: (key) => values.get(key) ?? null,
        setItem(key, value) {
          values.set(key, value);
          tell(tab, key);
        },
        removeItem(key) {
          values.delete(key);
          tell(tab, key);
        },
        subscribe(changed) {
          listeners.add(changed);
          return () => listeners.delete(changed);
        },
      };
      tabs.set(tab, listeners);
      return tab;
    },
  };
}
