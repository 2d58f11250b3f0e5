/** Telling others: a stream of events, and a value that can be watched. */
import { rethrowLater } from './platform.ts';

/** Stops a subscription. Idempotent. */
export type Unsubscribe = () => void;

/** Something that happens again and again. Listeners are called in the order they came, synchronously. */
export interface Stream<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that changes. A listener is called with each new value, not with the present one. */
export interface Observable<T> extends Stream<T> {
  readonly value: T;
}

/** A stream one can write to. A listener that throws stops neither the others nor the writer. */
export class Emitter<T> implements Stream<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Calls every listener. */
  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        rethrowLater(error);
      }
    }
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    // A wrapper of its own, so that subscribing one function twice and stopping once leaves one.
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }
}

/** An observable one can write to. */
export class Cell<T> extends Emitter<T> implements Observable<T> {
  #value: T;

  constructor(initial: T) {
    super();
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  /** Replaces the value and tells everyone. */
  set(value: T): void {
    this.#value = value;
    this.emit(value);
  }
}
