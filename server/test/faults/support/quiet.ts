/** Waiting until nothing moves any more: everybody is live, has nothing to send, and sees what the others see. */
import { eventually } from '../../support/eventually.ts';
import type { Crowd, Person } from './crowd.ts';

/** Resolves when all is quiet; rejects with what is not. People whose room has ended count where `mayEnd` says so. */
export async function untilQuiet(
  crowd: Crowd,
  { withinMs, mayEnd }: { withinMs: number; mayEnd: boolean },
): Promise<void> {
  await eventually(
    () => unrest(crowd, mayEnd),
    (found) => found.length === 0,
    withinMs,
  );
}

function unrest({ people }: Crowd, mayEnd: boolean): string[] {
  const present = people.filter(({ room }) => !(mayEnd && hasEnded(room.state.value.status)));
  const last = new Map<string, number>();
  for (const { room } of present) last.set(room.roomId, Math.max(lastSeq(room), last.get(room.roomId) ?? 0));
  return present.flatMap((person) => restless(person, last.get(person.room.roomId) ?? 0)).slice(0, 10);
}

function restless({ name, client, room }: Person, last: number): string[] {
  const { status } = client.state.value;
  const waiting = room.pending.value.filter(({ state }) => state.value.status !== 'failed').length;
  const said: string[] = [];
  if (status !== 'live' || room.state.value.status !== 'live')
    said.push(`${name} is ${status}, ${room.state.value.status}`);
  if (waiting > 0) said.push(`${name} has ${waiting} to send`);
  if (lastSeq(room) !== last) said.push(`${name} is at ${lastSeq(room)} of ${last}`);
  return said;
}

function hasEnded(status: string): boolean {
  return status === 'left' || status === 'refused';
}

function lastSeq(room: Person['room']): number {
  return room.timeline.value.at(-1)?.seq ?? 0;
}
