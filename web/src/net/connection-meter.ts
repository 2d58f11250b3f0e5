/** What is known of the connection in use: which way it goes, to which node, and how long an answer takes. */
import { stringField } from './decode.ts';
import type { Link } from './link.ts';
import { Cell } from './observable.ts';
import type { Clock } from './platform.ts';
import type { Door } from './wire.ts';

/** `node` and `roundTripMs` are null until they were measured; `connections` counts all of them. */
export type ConnectionFacts = {
  door: Door | null;
  node: string | null;
  roundTripMs: number | null;
  connections: number;
};

/** See the file's sentence. */
export class ConnectionMeter {
  readonly facts = new Cell<ConnectionFacts>({ door: null, node: null, roundTripMs: null, connections: 0 });
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** This connection is used from now on. */
  opened({ door }: Link): void {
    this.facts.set({ door, node: null, roundTripMs: null, connections: this.facts.value.connections + 1 });
  }

  /** Asks the node for its name and measures how long that takes. */
  async measure(link: Link | null): Promise<void> {
    if (!link) return;
    const beginMs = this.#clock.now();
    const answer = await link.request({ type: 'ping', payload: {} });
    if (!answer.ok) return;
    const node = stringField(answer.data, 'node') ?? null;
    this.facts.set({ ...this.facts.value, node, roundTripMs: this.#clock.now() - beginMs });
  }
}
