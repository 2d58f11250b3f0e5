/** Hears what is announced in all rooms, straight from Redis: who of the crowd was told to be offline or gone. */
import { openAdmin } from '../../support/cluster.ts';
import type { Scene } from './scenario.ts';

/** A running watch. */
export interface Announcements {
  /** Announcements so far of somebody being offline, or a member no more. */
  readonly offline: readonly string[];
  readonly left: readonly string[];
  close(): void;
}

/** Listens on every room; comes back by itself with Redis. Whoever made a room and never connected is not meant. */
export async function watchAnnouncements({ redis, crowd }: Pick<Scene, 'redis' | 'crowd'>): Promise<Announcements> {
  const listener = openAdmin(redis.url);
  const people = new Set(crowd.people.map(({ name }) => name));
  const offline: string[] = [];
  const left: string[] = [];
  listener.on('pmessage', (_pattern: string, _channel: string, payload: string) => {
    const { type, status, userId } = JSON.parse(payload) as Record<string, unknown>;
    if (!people.has(String(userId))) return;
    if (type === 'presence' && status === 'offline') offline.push(String(userId));
    if (type === 'left') left.push(String(userId));
  });
  await listener.psubscribe('chan:*');
  return { offline, left, close: () => listener.disconnect() };
}
