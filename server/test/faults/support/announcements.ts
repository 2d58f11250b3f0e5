/** Hears what is announced in all rooms, straight from Redis: who was told to be offline or gone. */
import { openAdmin } from '../../support/cluster.ts';
import type { World } from './world.ts';

/** A running watch. */
export interface Announcements {
  /** Announcements so far of somebody being offline, or a member no more. */
  readonly offline: readonly string[];
  readonly left: readonly string[];
  close(): void;
}

/** Listens on every room; comes back by itself with Redis. */
export async function watchAnnouncements({ redis }: Pick<World, 'redis'>): Promise<Announcements> {
  const listener = openAdmin(redis.url);
  const offline: string[] = [];
  const left: string[] = [];
  listener.on('pmessage', (_pattern: string, _channel: string, payload: string) => {
    const { type, status, userId } = JSON.parse(payload) as Record<string, unknown>;
    if (type === 'presence' && status === 'offline') offline.push(String(userId));
    if (type === 'left') left.push(String(userId));
  });
  await listener.psubscribe('chan:*');
  return { offline, left, close: () => listener.disconnect() };
}
