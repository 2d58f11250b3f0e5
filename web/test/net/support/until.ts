/** Waiting for something to become true, with a deadline: no test sleeps. */
import type { Observable } from '../../../src/net/observable.ts';

/** Much more than anything takes, also on a busy machine. */
const PATIENCE_MS = 30_000;

/** Settles as soon as `holds` of the value, now or after a change; rejects with `what` after 30 s. */
export function until<T>(observable: Observable<T>, holds: (value: T) => boolean, what = 'condition'): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => finish(() => reject(new Error(`${what}: still ${JSON.stringify(observable.value)?.slice(0, 300)}`))),
      PATIENCE_MS,
    );
    const stop = observable.subscribe((value) => {
      if (holds(value)) finish(() => resolve(value));
    });
    const finish = (end: () => void) => {
      clearTimeout(timer);
      stop();
      end();
    };
    if (holds(observable.value)) finish(() => resolve(observable.value));
  });
}

/** Settles as soon as `holds`, looked at again and again; rejects with `what` after 30 s. For what tells no events. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error(`${what}: not within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
