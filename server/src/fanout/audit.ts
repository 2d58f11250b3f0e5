/** Compares the rooms of this node with Redis, again and again: a lost tail shows no gap, so somebody must look. */
import type { Failures, RoomStore } from '../service/ports.ts';
import type { NodeRooms } from './node-rooms.ts';

export type AuditDeps = {
  rooms: Pick<RoomStore, 'marks'>;
  live: NodeRooms;
  intervalMs: number;
  failures: Failures;
};

/** Rooms looked at in one interval, in one pipeline (delivery.md). */
const ROOMS_PER_PASS = 500;

/** Looks at all rooms in turn; only compares, so that delivery keeps its one door. */
export function createAudit({ rooms, live, intervalMs, failures }: AuditDeps) {
  let queue: string[] = [];
  let isRunning = false;
  const timer = setInterval(() => void pass(), intervalMs).unref();

  async function pass(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    try {
      if (queue.length === 0) queue = live.roomIds();
      const batch = queue.splice(0, ROOMS_PER_PASS);
      const marks = await rooms.marks(batch);
      for (const [i, roomId] of batch.entries()) live.compare(roomId, marks[i] ?? null, false);
    } catch (error) {
      failures.report('fanout.audit', error);
    } finally {
      isRunning = false;
    }
  }

  return { close: () => clearInterval(timer) };
}
