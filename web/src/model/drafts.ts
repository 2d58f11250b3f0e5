/** What is being written in each room and not yet sent; the same in all tabs. */
import { type SharedStore, type SharedValue, share } from './keep.ts';

/** See the file's sentence. */
export interface Drafts {
  of(roomId: string): SharedValue<string>;
  /** Forgets the drafts of these rooms. */
  clear(roomIds: readonly string[]): void;
}

/** Reads what is kept, room by room as it is asked for. */
export function createDrafts(store: SharedStore): Drafts {
  const known = new Map<string, SharedValue<string>>();
  const of = (roomId: string) => {
    const draft = known.get(roomId) ?? share(store, `draft.${roomId}`, { read: (text) => text ?? '', write });
    known.set(roomId, draft);
    return draft;
  };
  return {
    of,
    clear(roomIds) {
      for (const roomId of new Set([...roomIds, ...known.keys()])) of(roomId).set('');
    },
  };
}

function write(text: string): string | null {
  return text === '' ? null : text;
}
