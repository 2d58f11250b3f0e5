/** Waking one waiting loop: a ring is never lost, and many rings before it looks count once. */

/** A bell with one listener. */
export interface Doorbell {
  /** Safe to call at any time, from anywhere. */
  ring(): void;
  /** Resolves at the next ring, at once if it rang since the last wait, or after `timeoutMs`. One waiter at a time. */
  wait(timeoutMs: number): Promise<void>;
}

/** A bell that has not rung. */
export function createDoorbell(): Doorbell {
  let hasRung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      hasRung = true;
      wake?.();
    },
    wait: async (timeoutMs) => {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = null;
      }
      hasRung = false;
    },
  };
}
