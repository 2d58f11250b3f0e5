/** How long each canary takes from its publication to the subscriber: what Pub/Sub adds to every message. */

/** `onLag` hears seconds; `monotonicMs` never goes back. */
export type CanaryLagDeps = { onLag(seconds: number): void; monotonicMs(): number };

/** Times canaries by their payload, each once. */
export function createCanaryLag({ onLag, monotonicMs }: CanaryLagDeps) {
  const sentAtMs = new Map<string, number>();
  return {
    /** It is being published; where that fails it tells nothing. */
    sent(payload: string, publishing: Promise<unknown>): void {
      if (sentAtMs.has(payload)) return;
      sentAtMs.set(payload, monotonicMs());
      publishing.catch(() => sentAtMs.delete(payload));
    },
    seen(payload: string): void {
      const atMs = sentAtMs.get(payload);
      if (atMs === undefined) return;
      sentAtMs.delete(payload);
      onLag((monotonicMs() - atMs) / 1_000);
    },
    /** Another connection: what was on its way to the old one does not come. */
    forget: () => sentAtMs.clear(),
  };
}
