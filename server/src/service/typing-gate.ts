/** Lets one `typing` through per connection, room and three seconds; the rest is dropped without a word. */
import { LIMITS } from '../protocol/index.ts';
import type { Outlet } from './live-ports.ts';

/** What it remembers goes with the connection. */
export function createTypingGate(nowMs: () => number = () => performance.now()) {
  const lastMs = new WeakMap<Outlet, Map<string, number>>();
  return (outlet: Outlet, roomId: string): boolean => {
    const rooms = lastMs.get(outlet) ?? new Map<string, number>();
    lastMs.set(outlet, rooms);
    const last = rooms.get(roomId) ?? Number.NEGATIVE_INFINITY;
    if (nowMs() - last < LIMITS.typingIntervalMs) return false;
    rooms.set(roomId, nowMs());
    if (rooms.size > LIMITS.roomsPerConnection) forgetOld(rooms, nowMs());
    return true;
  };
}

/** Room ids are the client's own words: only those of the last three seconds are kept. */
function forgetOld(rooms: Map<string, number>, now: number): void {
  for (const [roomId, lastMs] of rooms) if (now - lastMs >= LIMITS.typingIntervalMs) rooms.delete(roomId);
}
