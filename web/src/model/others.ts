/** The people a room without a title is named after, in an order that does not depend on who is online. Pure. */
import type { RosterView } from '../net/client.ts';

const SHOWN = 3;

/** See the file's sentence. */
export function othersIn({ members }: RosterView, me: string): readonly string[] {
  return members.filter((name) => name !== me).slice(0, SHOWN);
}
