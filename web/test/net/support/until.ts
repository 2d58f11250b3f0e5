/** Waiting for something to become true, with a deadline: no test sleeps. */
import type { Observable } from '../../../src/net/observable.ts';

/** Settles as soon as `holds` of the value, now or after a change; rejects with `what` after 5 s. */
export function until<T>(observable: Observable<T>, holds: (value: T) => boolean, what = 'condition'): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => finish(() => reject(new Error(`${what}: still ${JSON.stringify(observable.value)?.slice(0, 300)}`))),
      5_000,
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

/** Settles as soon as `holds`, looked at again and again; rejects with `what` after 5 s. For what tells no events. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadlineMs = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error(`${what}: not within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
