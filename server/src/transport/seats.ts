/** How many connections are open, in all and by address. */

/** The connections of one node. */
export interface Seats {
  /** A connection was opened; null is in no address's count. */
  take(key: string | null): void;
  /** It has ended. */
  free(key: string | null): void;
  of(key: string): number;
  total(): number;
}

/** None are open yet. */
export function createSeats(): Seats {
  const byKey = new Map<string, number>();
  let open = 0;
  return {
    take(key) {
      open++;
      if (key !== null) byKey.set(key, (byKey.get(key) ?? 0) + 1);
    },
    free(key) {
      open--;
      if (key === null) return;
      const left = (byKey.get(key) ?? 0) - 1;
      if (left > 0) byKey.set(key, left);
      else byKey.delete(key);
    },
    of: (key) => byKey.get(key) ?? 0,
    total: () => open,
  };
}
