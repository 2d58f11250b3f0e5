/** What a room is called: its title, else the people in it, else simply a room. */
import type { Texts } from '../i18n/texts.ts';

/** See the file's sentence. */
export function nameOfRoom(room: { title: string | null; people: readonly string[] }, texts: Texts): string {
  return room.title ?? (room.people.length > 0 ? room.people.join(', ') : texts.roomTitle);
}
