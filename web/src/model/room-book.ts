/** The rooms that this browser knows, the same in all tabs: what a list of rooms shows before anything is connected. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../net/client.ts';
import { integerField, isFields, stringField, stringList } from '../net/decode.ts';
import { parseJson, type SharedStore, share } from './keep.ts';

/** The newest message of a room. */
export type Preview = { from: string; text: string };

/** What is kept of a room. `invite` is a private room's secret; `people` are some of the others. */
export type KeptRoom = {
  roomId: string;
  title: string | null;
  people: readonly string[];
  invite: string | null;
  /** False once ten minutes away have ended the membership: opening it joins again. */
  isMember: boolean;
  seq: number;
  readSeq: number;
  preview: Preview | null;
  /** When something last happened, Unix ms. */
  atMs: number;
};

/** See the file's sentence. */
export interface RoomBook {
  readonly rooms: ReadonlySignal<readonly KeptRoom[]>;
  find(roomId: string): KeptRoom | undefined;
  /** Adds a room, or changes what is known of it; `seq` and `readSeq` only go forward. */
  note(roomId: string, news: Partial<Omit<KeptRoom, 'roomId'>>): void;
  remove(roomId: string): void;
  /** Forgets all of them. */
  clear(): void;
  /** Writes what is not written yet. */
  flush(): void;
}

const ROOMS_MAX = 100;
const PREVIEW_CHARS = 120;
/** Messages may come fifty a second; the disk need not hear of each. */
const WRITE_AFTER_MS = 500;

/** Reads what is kept and follows the other tabs. */
export function createRoomBook(store: SharedStore, clock: Clock): RoomBook {
  const shared = share<readonly KeptRoom[]>(store, 'rooms', { read, write: (rooms) => JSON.stringify(rooms) });
  const rooms = signal(shared.value.value);
  let isWriting = false;
  shared.value.subscribe((stored) => {
    rooms.value = merge(stored, rooms.value);
  });
  const write = () => {
    isWriting = false;
    const next = merge(shared.fresh(), rooms.value);
    if (JSON.stringify(next) !== JSON.stringify(shared.fresh())) shared.set(next);
  };
  const writeSoon = () => {
    isWriting = true;
    clock.after(WRITE_AFTER_MS, write);
  };
  const find = (roomId: string) => rooms.value.find((room) => room.roomId === roomId);
  return {
    rooms,
    find,
    note(roomId, news) {
      const known = find(roomId);
      const next = changed(known ?? newRoom(roomId), news);
      if (known && JSON.stringify(known) === JSON.stringify(next)) return;
      rooms.value = [next, ...rooms.value.filter((room) => room !== known)].slice(0, ROOMS_MAX);
      // A room the store does not hold counts as removed by another tab, so a new one is written at once.
      if (!known) shared.set([next, ...shared.fresh().filter((room) => room.roomId !== roomId)].slice(0, ROOMS_MAX));
      else if (!isWriting) writeSoon();
    },
    remove(roomId) {
      rooms.value = rooms.value.filter((room) => room.roomId !== roomId);
      shared.set(shared.fresh().filter((room) => room.roomId !== roomId));
    },
    clear() {
      rooms.value = [];
      shared.set([]);
    },
    flush: write,
  };
}

/** Which rooms there are is what stands in the store; how far each has come is whichever is further. */
function merge(stored: readonly KeptRoom[], here: readonly KeptRoom[]): KeptRoom[] {
  return stored.map((room) => {
    const own = here.find(({ roomId }) => roomId === room.roomId);
    if (!own) return room;
    const newer = own.atMs >= room.atMs ? own : room;
    return { ...newer, seq: Math.max(own.seq, room.seq), readSeq: Math.max(own.readSeq, room.readSeq) };
  });
}

function changed(room: KeptRoom, news: Partial<Omit<KeptRoom, 'roomId'>>): KeptRoom {
  const next = { ...room, ...news };
  const preview = next.preview && { ...next.preview, text: next.preview.text.slice(0, PREVIEW_CHARS) };
  return { ...next, preview, seq: Math.max(room.seq, next.seq), readSeq: Math.max(room.readSeq, next.readSeq) };
}

function newRoom(roomId: string): KeptRoom {
  return {
    ...{ roomId, title: null, people: [], invite: null, isMember: false },
    ...{ seq: 0, readSeq: 0, preview: null, atMs: 0 },
  };
}

function read(text: string | null): readonly KeptRoom[] {
  const list = parseJson(text);
  return Array.isArray(list) ? list.map(readRoom).filter((room) => room !== null) : [];
}

function readRoom(value: unknown): KeptRoom | null {
  const roomId = stringField(value, 'roomId');
  if (!roomId || !/^[a-z0-9]{8}$/.test(roomId) || !isFields(value)) return null;
  return {
    roomId,
    title: stringField(value, 'title') ?? null,
    people: stringList(value.people) ?? [],
    invite: stringField(value, 'invite') ?? null,
    isMember: value.isMember === true,
    seq: integerField(value, 'seq') ?? 0,
    readSeq: integerField(value, 'readSeq') ?? 0,
    preview: readPreview(value.preview),
    atMs: integerField(value, 'atMs') ?? 0,
  };
}

function readPreview(value: unknown): Preview | null {
  const from = stringField(value, 'from');
  const text = stringField(value, 'text');
  return from && text !== undefined ? { from, text } : null;
}
