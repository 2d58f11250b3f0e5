/** Leaving without a bump: every client is told when to come back elsewhere, evenly spread, and is closed a little after. */

/** A connection as draining sees it. */
export interface Drainable {
  /** Tells the client in how many ms to connect anew. */
  announce(reconnectInMs: number): void;
  close(): void;
}

export type DrainDeps = {
  /** Longest spread, ms. */
  windowMs: number;
  /** Share of the connections that were told to go and have been closed, 0 to 1. */
  onProgress(share: number): void;
};

/** A client needs this long to open its new connection before the old one is closed. */
const OVERLAP_MS = 1_500;
/** Fewer connections need less time: one in 20 ms is a rate that any node bears. */
const MS_PER_CONNECTION = 20;

/** Resolves when the last connection was closed. The order is shuffled, so that one room's people go one by one. */
export async function drain(connections: readonly Drainable[], { windowMs, onProgress }: DrainDeps): Promise<void> {
  const spreadMs = Math.min(windowMs, connections.length * MS_PER_CONNECTION);
  const order = [...connections].sort(() => Math.random() - 0.5);
  let closed = 0;
  await Promise.all(
    order.map(async (connection, i) => {
      const reconnectInMs = Math.round((i * spreadMs) / order.length);
      connection.announce(reconnectInMs);
      await new Promise((resolve) => setTimeout(resolve, reconnectInMs + OVERLAP_MS));
      connection.close();
      closed++;
      onProgress(closed / order.length);
    }),
  );
}
