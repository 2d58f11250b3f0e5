/** Finds what no hint leads to, slowly: users whose hint was lost, and members whose own list does not know the room. */
import type { Failures, RoomStore, SessionStore } from '../service/ports.ts';
import { createPeriodic, type Periodic } from './periodic.ts';

/** The walks there are; each is one node's at a time. */
export type Walk = 'users' | 'rooms';

/** What a slow pass needs. `takeTurn`: whether this node is to walk now, as only one does within `forMs`. */
export type SlowPassDeps = {
  sessions: Pick<SessionStore, 'restoreHints' | 'disown'>;
  rooms: Pick<RoomStore, 'walkMembers' | 'leave'>;
  takeTurn(walk: Walk, forMs: number): Promise<boolean>;
  failures: Failures;
  intervalMs: number;
  createLoop?: typeof createPeriodic;
};

/** Longer than this share of the interval no turn is kept, so that a node that died costs one interval. */
const TURN = 0.9;

/** Every node may run it: each walk goes to whoever comes first. A walk that broke off begins again at the next turn. */
export function createSlowPass(deps: SlowPassDeps): Periodic {
  const { sessions, rooms, takeTurn, failures, intervalMs, createLoop = createPeriodic } = deps;

  /** The membership ends with a revision from now: whoever enters the room meanwhile does so with a newer one. */
  async function endStrays(): Promise<void> {
    for await (const { roomId, userIds } of rooms.walkMembers()) {
      const strays = await sessions.disown(roomId, userIds);
      await Promise.all(strays.map((stamp) => rooms.leave(roomId, stamp, 'expired')));
    }
  }

  async function run(): Promise<void> {
    if (await takeTurn('users', TURN * intervalMs)) await sessions.restoreHints();
    if (await takeTurn('rooms', TURN * intervalMs)) await endStrays();
  }

  return createLoop({ stage: 'presence.slow-pass', intervalMs, jitter: 0.5, run, failures });
}
