/** What the browser remembers: texts by key, and values on top of them that all tabs share. */
import { type ReadonlySignal, signal } from '@preact/signals';

/** A place that keeps texts; `localStorage` and `sessionStorage` are such, and may refuse. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A store that all tabs share. `changed` is called when another tab has written, with the key or null for all. */
export interface SharedStore extends KeyValueStore {
  subscribe(changed: (key: string | null) => void): () => void;
}

/** A store that forgets, for browsers that allow no other. */
export function createForgetfulStore(): SharedStore {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    subscribe: () => () => undefined,
  };
}

/** One remembered text. Reading and writing never throw. */
export class Kept {
  readonly #store: KeyValueStore;
  readonly key: string;

  constructor(store: KeyValueStore, key: string) {
    this.#store = store;
    this.key = `c2c.${key}`;
  }

  read(): string | null {
    try {
      return this.#store.getItem(this.key);
    } catch {
      return null;
    }
  }

  write(value: string | null | undefined): void {
    try {
      if (value === null || value === undefined) this.#store.removeItem(this.key);
      else this.#store.setItem(this.key, value);
    } catch {
      // A full or forbidden store costs a convenience, nothing else.
    }
  }
}

/** How a value is written as text; `write` answers null where nothing needs to be kept. */
export type Codec<T> = { read(text: string | null): T; write(value: T): string | null };

/** A value that all tabs share. */
export interface SharedValue<T> {
  readonly value: ReadonlySignal<T>;
  set(value: T): void;
  /** What the store holds now, also where another tab has just written it. */
  fresh(): T;
}

/** Keeps a value under `key`, and follows what other tabs write there. */
export function share<T>(store: SharedStore, key: string, codec: Codec<T>): SharedValue<T> {
  const kept = new Kept(store, key);
  const fresh = () => codec.read(kept.read());
  const value = signal(fresh());
  store.subscribe((changed) => {
    if (changed === null || changed === kept.key) value.value = fresh();
  });
  return {
    value,
    fresh,
    set(next) {
      value.value = next;
      kept.write(codec.write(next));
    },
  };
}

/** What JSON text says, or undefined: what stands in a store may be anybody's. */
export function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
