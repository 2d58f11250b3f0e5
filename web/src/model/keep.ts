/** What is remembered: in this browser (name, language, theme) and in this tab (token, outbox owner). */

/** A place that keeps texts; `localStorage` and `sessionStorage` are such, and may refuse. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A store that forgets, for browsers that allow no other. */
export function createForgetfulStore(): KeyValueStore {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** One remembered text. Reading and writing never throw. */
export class Kept {
  readonly #store: KeyValueStore;
  readonly #key: string;

  constructor(store: KeyValueStore, key: string) {
    this.#store = store;
    this.#key = `c2c.${key}`;
  }

  read(): string | null {
    try {
      return this.#store.getItem(this.#key);
    } catch {
      return null;
    }
  }

  write(value: string | null | undefined): void {
    try {
      if (value === null || value === undefined) this.#store.removeItem(this.#key);
      else this.#store.setItem(this.#key, value);
    } catch {
      // A full or forbidden store costs a convenience, nothing else.
    }
  }
}
