/** What one user is shown of who is in a room. */
import type { Roster } from './entities.ts';
import { LIMITS } from './limits.ts';

/** Both lists in code-point order. */
type Names = { members: readonly string[]; online: readonly string[] };

/** Everybody, or in a large room 200 names with oneself among them; the counts are always whole. */
export function rosterView({ members, online }: Names, userId: string, isLarge: boolean): Roster {
  return {
    members: isLarge ? cut(members, userId) : [...members],
    online: isLarge ? cut(online, userId) : [...online],
    memberCount: members.length,
    onlineCount: online.length,
  };
}

function cut(names: readonly string[], userId: string): string[] {
  const shown = names.slice(0, LIMITS.namesInLargeRoom);
  if (names.length <= shown.length || shown.includes(userId) || !names.includes(userId)) return shown;
  // Everyone before the cut comes before oneself, who was cut off.
  return [...shown.slice(0, -1), userId];
}
