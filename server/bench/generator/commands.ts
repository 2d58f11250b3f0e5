/** What the conductor and the load process say to each other. */
import type { Faults } from './tally.ts';

/** What the servers are and where they listen. Source addresses are 127.0.0.1 and up; 1 leaves the choice to the system. */
export type Target = { server: 'c2c' | 'peer'; dialect: 'socketio' | 'websocket'; ports: number[]; addresses: number };
/** `members` more in every room, at most `parallel` handshakes under way. Who stays is not dropped by `drop`. */
export type EnterOptions = { members: number; parallel: number; isStaying: boolean };
/** `senders` of each room take turns. */
export type LoadOptions = { rate: number; count: number; senders: number };

/** How long it took to get in, from the first try. */
export type Entered = { count: number; wallMs: number; p50Ms: number; p99Ms: number; maxMs: number } & Setbacks;
/** How often a server sent somebody away for a moment, and errors that those inside heard of. */
export type Setbacks = { retries: number; refused: number };
/** What a phase of load brought. `lateMs`: by how much the generator itself was late, 99 % of the sends. */
export type Loaded = {
  sent: number;
  expected: number;
  received: number;
  wallMs: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  lateMs: number;
} & Faults;
/** What those who came back were given of what they had missed. */
export type Returned = Entered & { replayed: number; missing: number; unrecovered: number };

/** Commands by name, with what they take and answer. */
export type Commands = {
  target: { takes: Target; answers: null };
  rooms: { takes: { count: number }; answers: null };
  enter: { takes: EnterOptions; answers: Entered };
  warmUp: { takes: { members: number }; answers: null };
  load: { takes: LoadOptions; answers: Loaded };
  drop: { takes: null; answers: null };
  returns: { takes: { parallel: number }; answers: Returned };
};
/** One command on its way. */
export type Request = { [N in keyof Commands]: { id: number; name: N; takes: Commands[N]['takes'] } }[keyof Commands];
/** Its answer. */
export type Reply = { id: number; answers: unknown } | { id: number; error: string };
