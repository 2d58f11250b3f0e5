/** One timer for all calls that have the same patience, in place of one each. */

type Waiting = { endsMs: number; reject(error: Error): void };

/** The answer, or a rejection `timeoutMs` after it was asked for; what comes later is dropped. */
export function createDeadline(timeoutMs: number): <T>(answer: Promise<T>) => Promise<T> {
  // As they came is as they end.
  const waiting = new Set<Waiting>();
  let isArmed = false;

  function arm(ms: number): void {
    isArmed = true;
    setTimeout(expire, ms).unref();
  }

  function expire(): void {
    isArmed = false;
    const nowMs = performance.now();
    for (const call of waiting) {
      if (call.endsMs > nowMs) {
        arm(call.endsMs - nowMs);
        return;
      }
      waiting.delete(call);
      call.reject(new Error(`no answer within ${timeoutMs} ms`));
    }
  }

  return <T>(answer: Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const call: Waiting = { endsMs: performance.now() + timeoutMs, reject };
      waiting.add(call);
      if (!isArmed) arm(timeoutMs);
      answer.then(
        (value) => {
          waiting.delete(call);
          resolve(value);
        },
        (error: unknown) => {
          waiting.delete(call);
          reject(error);
        },
      );
    });
}
