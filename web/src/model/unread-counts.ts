/** How many members have not read a message yet, as a number beside its bubble. Pure. */

/** What counting depends on. `reads`: up to which seq each has read; whoever is missing there has read nothing. */
export type ReadSource = {
  members: readonly string[];
  reads: Readonly<Record<string, number>>;
  me: string;
  /** In large rooms reads are not told, so nothing is counted. */
  isLarge: boolean;
};

/** How many have not read the message at `seq`. */
export type UnreadCount = (message: { seq: number; from: string }) => number;

/** Sorted once, so that each bubble costs one look-up. Whoever wrote a message, and oneself, have read it. */
export function countUnread({ members, reads, me, isLarge }: ReadSource): UnreadCount {
  if (isLarge) return () => 0;
  const readBy = (name: string) => (Object.hasOwn(reads, name) ? (reads[name] ?? 0) : 0);
  const others = new Map(members.filter((name) => name !== me).map((name) => [name, readBy(name)]));
  const sorted = [...others.values()].sort((a, b) => a - b);
  return ({ seq, from }) => {
    const isAuthorCounted = (others.get(from) ?? seq) < seq;
    return countBelow(sorted, seq) - (isAuthorCounted ? 1 : 0);
  };
}

function countBelow(sorted: readonly number[], seq: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
