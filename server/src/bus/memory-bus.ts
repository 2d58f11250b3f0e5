/** A bus within one process, for tests: the same order and the same confirmations, without Redis. */
import type { Bus, BusListener } from '../service/live-ports.ts';

/** Several nodes' buses and one way to publish to all of them. */
export function createMemoryHub() {
  const nodes = new Set<{ rooms: Set<string>; listener: BusListener }>();
  return {
    /** Hands the payload to every subscribed node, in a later turn, in order. Answers how many will hear it. */
    publish(roomId: string, payload: string): number {
      const hearing = [...nodes].filter(({ rooms }) => rooms.has(roomId));
      for (const { rooms, listener } of hearing) {
        setImmediate(() => {
          if (rooms.has(roomId)) listener.message(roomId, Buffer.from(payload));
        });
      }
      return hearing.length;
    },
    connect(listener: BusListener): Bus {
      const node = { rooms: new Set<string>(), listener };
      nodes.add(node);
      return {
        async subscribe(roomId) {
          node.rooms.add(roomId);
        },
        async unsubscribe(roomId) {
          node.rooms.delete(roomId);
        },
        isAlive: () => nodes.has(node),
        async close() {
          nodes.delete(node);
        },
      };
    },
  };
}
