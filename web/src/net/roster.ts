/** Who is in a room and who of them is online, kept true by revisions. */
import { decodeRoster, integerField, stringField } from './decode.ts';

/** A room's people. In a large room the lists are cut and the counts are the truth. */
export type RosterView = {
  readonly members: readonly string[];
  readonly online: ReadonlySet<string>;
  readonly memberCount: number;
  readonly onlineCount: number;
  readonly rev: number;
  /** False while a change was missed and the whole truth has not come yet. */
  readonly isCurrent: boolean;
};

/** The roster before the first `joined`. */
export const EMPTY_ROSTER: RosterView = {
  members: [],
  online: new Set(),
  memberCount: 0,
  onlineCount: 0,
  rev: -1,
  isCurrent: false,
};

/** The whole truth of `joined` and `members`: replaces whatever was there. Null if the payload is not one. */
export function replaceRoster(payload: unknown): RosterView | null {
  const fields = decodeRoster(payload);
  return fields && { ...fields, members: sorted(fields.members), online: new Set(fields.online), isCurrent: true };
}

/**
 * Applies one event. Answers the same object where nothing changes: what is not newer is dropped, and so is what lies
 * beyond a hole, because `members` will tell it all.
 */
export function changeRoster(roster: RosterView, type: string, payload: unknown): RosterView {
  if (type === 'members') return replaceRoster(payload) ?? roster;
  if (type === 'room_stats') return { ...roster, ...readCounts(roster, payload) };
  const rev = integerField(payload, 'rev');
  const userId = stringField(payload, 'userId');
  if (rev === undefined || userId === undefined || rev <= roster.rev) return roster;
  if (rev > roster.rev + 1) return roster.isCurrent ? { ...roster, isCurrent: false } : roster;
  return applied(roster, { type, userId, status: stringField(payload, 'status'), rev });
}

/** Somebody was removed: they are out before the event says so. */
export function withoutMember(roster: RosterView, userId: string): RosterView {
  if (!roster.members.includes(userId)) return roster;
  return applied(roster, { type: 'user_left', userId, status: undefined, rev: roster.rev });
}

function applied(
  roster: RosterView,
  change: { type: string; userId: string; status: string | undefined; rev: number },
): RosterView {
  const members = new Set(roster.members);
  const online = new Set(roster.online);
  if (change.type === 'user_left') {
    members.delete(change.userId);
    online.delete(change.userId);
  } else if (change.type === 'user_joined') {
    members.add(change.userId);
    // Whoever joins is online: no `presence` comes beside it.
    online.add(change.userId);
  } else if (change.status === 'offline') online.delete(change.userId);
  else online.add(change.userId);
  return {
    ...roster,
    rev: change.rev,
    members: members.size === roster.members.length ? roster.members : sorted([...members]),
    online,
    memberCount: roster.memberCount + members.size - roster.members.length,
    onlineCount: roster.onlineCount + online.size - roster.online.size,
  };
}

function readCounts(roster: RosterView, payload: unknown): Pick<RosterView, 'memberCount' | 'onlineCount'> {
  return {
    memberCount: integerField(payload, 'memberCount') ?? roster.memberCount,
    onlineCount: integerField(payload, 'onlineCount') ?? roster.onlineCount,
  };
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}
