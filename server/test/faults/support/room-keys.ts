/** Looks at the keys of rooms for anything that was written in part. */
import type { Scene } from './scenario.ts';

/** In one script: Redis without memory takes no transaction. */
const LOOK = `
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
return { redis.call('HGET', KEYS[1], 'seq'), last and last[1] or '0-0' }`;

/** Rooms whose log does not end at the seq of their meta, in words. */
export async function roomsOutOfStep({ admin, rooms }: Pick<Scene, 'admin' | 'rooms'>): Promise<string[]> {
  const found: string[] = [];
  for (const roomId of rooms) {
    const [seq, logged] = [await admin.eval(LOOK, 2, `room:${roomId}:meta`, `room:${roomId}:log`)].flat().map(String);
    if (logged !== `${seq}-0`) found.push(`${roomId}: meta says ${seq}, the log ends with ${logged}`);
  }
  return found;
}
