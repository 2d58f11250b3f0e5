/** The one place that writes Redis key and channel names. On a cluster the braces make all names of one room or user share a slot. */

/** Number of `presence:due:{shard}` sets. */
export const DUE_SHARDS = 16;

/** Names for one server (`room:abc12345:meta`) or for Redis Cluster (`room:{abc12345}:meta`). */
export function createKeys(topology: 'single' | 'cluster') {
  const tag = topology === 'cluster' ? (id: string) => `{${id}}` : (id: string) => id;
  const room = (part: string) => (roomId: string) => `room:${tag(roomId)}:${part}`;
  const user = (part: string) => (userId: string) => `user:${tag(userId)}:${part}`;
  return {
    members: room('members'),
    meta: room('meta'),
    log: room('log'),
    dedupe0: room('dedupe:0'),
    dedupe1: room('dedupe:1'),
    states: room('states'),
    reads: room('reads'),
    removed: room('removed'),
    rate: room('rate'),
    channel: (roomId: string) => `chan:${tag(roomId)}`,
    presence: user('presence'),
    session: user('session'),
    conns: user('conns'),
    rooms: user('rooms'),
    pending: user('pending'),
    due: (shard: number) => `presence:due:${tag(String(shard))}`,
    revoked: (sid: string) => `revoked:${tag(sid)}`,
    look: (look: string) => `name:${tag(look)}`,
    presenceLast: 'presence:last',
    presenceResumedAt: 'presence:resumedAt',
    presenceWalk: (walk: string) => `presence:walk:${walk}`,
  } as const;
}
export type Keys = ReturnType<typeof createKeys>;

/** Which of the due sets a user's hint stands in: FNV-1a over UTF-16 units, the same on every node. */
export function dueShard(userId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < userId.length; i++) hash = Math.imul(hash ^ userId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % DUE_SHARDS;
}
