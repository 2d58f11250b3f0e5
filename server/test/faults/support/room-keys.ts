/** Looks at the keys of rooms for anything that was written in part. */
import type { Scene } from './scenario.ts';

/** Rooms whose log does not end at the seq of their meta, in words. Each is looked at in one transaction. */
export async function roomsOutOfStep({ admin, rooms }: Pick<Scene, 'admin' | 'rooms'>): Promise<string[]> {
  const found: string[] = [];
  for (const roomId of rooms) {
    const replies = await admin
      .multi()
      .hget(`room:${roomId}:meta`, 'seq')
      .xrevrange(`room:${roomId}:log`, '+', '-', 'COUNT', 1)
      .exec();
    const [seq, last] = (replies ?? []).map(([, reply]) => reply);
    const logged = Array.isArray(last) && Array.isArray(last[0]) ? String(last[0][0]) : '0-0';
    if (logged !== `${String(seq)}-0`) found.push(`${roomId}: meta says ${String(seq)}, the log ends with ${logged}`);
  }
  return found;
}
