/** The life of one user: arrives when it is meant to, joins its rooms, writes or reads, loses connections, is checked, leaves. */
import { clearTimeout, setTimeout } from 'k6/timers';
import type { Connection } from './connection.ts';
import { createLine, type Line, type LineOptions } from './line.ts';
import { complain } from './metrics.ts';
import type { RoomView } from './room-view.ts';
import { sleepUntil } from './sleep.ts';
import type { Timeline } from './timeline.ts';

/** `index` is the user's place among all; a writer's place among the writers is the same. */
export type MemberOptions = LineOptions & {
  index: number;
  roles: { isWriter: boolean; isTypist: boolean; isCaughtInStorms: boolean };
  timeline: Timeline;
};

const FIDGET_EVERY_MS = 4_000;
/** Sends of the last moment are answered, or given up, before the rooms are asked for their newest message. */
const LAST_ANSWERS_MS = 2_000;
/** Everybody asks: not all in the same moment. */
const CHECKS_OVER_MS = 3_000;

/** Lives one life. Never rejects: what goes wrong is counted. */
export async function liveAsMember(options: MemberOptions): Promise<void> {
  const { index, timeline, rooms, roles } = options;
  const line = createLine(options);
  await sleepUntil(timeline.arrival(index));
  await line.enter(timeline.arrival(index), 'connect');
  const timers = [...(roles.isTypist ? [fidgetOn(line, rooms)] : [])];
  if (roles.isWriter) writeOn(options, line);
  if (roles.isCaughtInStorms) {
    for (const at of timeline.storms) {
      await sleepUntil(at);
      line.drop();
      await line.enter(at, 'reconnect');
    }
  }
  await sleepUntil(timeline.writeUntil + LAST_ANSWERS_MS + Math.random() * CHECKS_OVER_MS);
  for (const stop of timers) stop();
  await line.settled();
  const connection = line.connection();
  if (connection !== null) {
    await Promise.all(rooms.map((room) => room.check(connection)));
    await leaveAll(connection, rooms);
  }
  line.end();
}

/** Writes on schedule, whatever became of the messages before; one that has no connection to go by has failed. */
function writeOn({ index, name, rooms, timeline }: MemberOptions, line: Line): void {
  const write = (n: number) => {
    const intendedAt = timeline.message(index, n);
    if (intendedAt >= timeline.writeUntil) return;
    setTimeout(
      () => {
        const connection = line.connection();
        const room = rooms[n % rooms.length];
        if (connection === null) complain('sendFailed', 'there was no connection to send by');
        else room?.write(connection, { clientMsgId: `${name}-${n}`, intendedAt });
        write(n + 1);
      },
      Math.max(0, intendedAt - Date.now()),
    );
  };
  write(0);
}

function fidgetOn(line: Line, rooms: readonly RoomView[]): () => void {
  let timer = 0;
  const fidget = () => {
    const connection = line.connection();
    if (connection !== null) for (const room of rooms) room.fidget(connection);
    timer = setTimeout(fidget, FIDGET_EVERY_MS);
  };
  timer = setTimeout(fidget, Math.random() * FIDGET_EVERY_MS);
  return () => clearTimeout(timer);
}

/** A cluster is left as it was found: memberships end now and not when the sessions lapse. */
function leaveAll(connection: Connection, rooms: readonly RoomView[]): Promise<unknown> {
  const leaving = rooms.map(
    ({ roomId }) => new Promise<void>((resolve) => connection.request('leave', { roomId }, () => resolve())),
  );
  return Promise.all(leaving);
}
