/** Keeps the outbox in the browser's IndexedDB, so that what was written survives a reload. Never loaded by Node. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OutboxEntry, OutboxStorage } from './outbox.ts';

interface Schema extends DBSchema {
  outbox: {
    key: [string, number];
    value: { owner: string; order: number; entry: OutboxEntry };
    indexes: { age: number };
  };
}

const DATABASE = 'c2c';

/** Entries nobody came back for within this time are dropped; long after they could still be sent. */
const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

/** `isGone`: which owners will not come back; what they left is taken over. */
export type IndexedDbOptions = { databaseName?: string; isGone?: () => Promise<(owner: string) => boolean> };

/** A storage for the entries of one `owner` (a tab, or a user): those of other living owners are not seen. */
export function createIndexedDbStorage(owner: string, options: IndexedDbOptions = {}): OutboxStorage {
  const { databaseName = DATABASE, isGone } = options;
  let opened: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () => {
    opened ??= open(databaseName);
    return opened;
  };
  return {
    async load() {
      const db = await database();
      await forgetOld(db);
      if (isGone) await takeOver(db, owner, await isGone());
      const rows = await db.getAll('outbox', IDBKeyRange.bound([owner, 0], [owner, Number.MAX_SAFE_INTEGER]));
      return rows.map(({ entry }) => entry);
    },
    async put(entry) {
      const db = await database();
      await db.put('outbox', { owner, order: entry.order, entry });
    },
    async remove(order) {
      const db = await database();
      await db.delete('outbox', [owner, order]);
    },
  };
}

/** Moves what others left behind to `owner`, in one transaction, so that two who try do not both get it. */
async function takeOver(db: IDBPDatabase<Schema>, owner: string, isGone: (owner: string) => boolean): Promise<void> {
  const { store, done } = db.transaction('outbox', 'readwrite');
  const rows = await store.getAll();
  const taken = new Set(rows.filter((row) => row.owner === owner).map(({ order }) => order));
  for (const row of rows.filter((each) => each.owner !== owner && isGone(each.owner))) {
    let { order } = row;
    while (taken.has(order)) order += 1;
    taken.add(order);
    await store.delete([row.owner, row.order]);
    await store.put({ owner, order, entry: { ...row.entry, order } });
  }
  await done;
}

/** Forgets what every owner had waiting, for good. */
export async function forgetOutbox(databaseName = DATABASE): Promise<void> {
  const db = await open(databaseName);
  await db.clear('outbox');
  db.close();
}

function open(name: string): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      const store = db.createObjectStore('outbox', { keyPath: ['owner', 'order'] });
      store.createIndex('age', 'entry.createdAtMs');
    },
  });
}

async function forgetOld(db: IDBPDatabase<Schema>): Promise<void> {
  const old = IDBKeyRange.upperBound(Date.now() - FORGET_AFTER_MS);
  for (const key of await db.getAllKeysFromIndex('outbox', 'age', old)) await db.delete('outbox', key);
}
