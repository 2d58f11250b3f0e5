/** One node of a model run: the real fan-out over a bus and calls that the scheduler moves. */
import { NodeRooms } from '../../../src/fanout/node-rooms.ts';
import { ChatError } from '../../../src/service/chat-error.ts';
import type { Admission } from '../../../src/service/live-ports.ts';
import type { RoomSnapshot } from '../../../src/service/ports.ts';
import type { Connection } from './connection.ts';
import type { Sim } from './sim.ts';
import { createSimBus, type SimBus } from './sim-bus.ts';
import { ROOM, type SimServer } from './sim-server.ts';

/** Ways to break a node, so that the judge can be judged. */
export type Defects = {
  confirmsEarly?: boolean;
  /** Stands between the connection and the node's answer to a join. */
  bendAdmission?(admission: Admission): Admission;
};

const TRIES = 3;
const quiet = () => undefined;
const METER = {
  flushed: quiet,
  gap: quiet,
  dropped: quiet,
  replay: quiet,
  joined: quiet,
  resync: quiet,
  rooms: quiet,
};

/** A node with what its use cases do to the room. */
export class SimNode {
  readonly name: string;
  readonly live: NodeRooms;
  readonly bus: SimBus;
  readonly #server: SimServer;
  readonly #defects: Defects;

  constructor(name: string, world: { sim: Sim; server: SimServer; defects: Defects }) {
    const { sim, server, defects } = world;
    const buses: SimBus[] = [];
    this.name = name;
    this.#server = server;
    this.#defects = defects;
    this.live = new NodeRooms({
      rooms: server.reads(name),
      connectBus(listener) {
        const bus = createSimBus({ sim, server, name, listener, confirmsEarly: defects.confirmsEarly ?? false });
        buses.push(bus);
        return bus;
      },
      flushWindowMs: 10,
      recentBytes: 1_000_000,
      failures: { report: (stage, error) => void sim.violations.push(`${name} ${stage}: ${String(error)}`) },
      meter: METER,
      clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
      hasFrozen: () => false,
    });
    const [bus] = buses;
    if (!bus) throw new Error('the node made no bus');
    this.bus = bus;
  }

  /** Joins, or joins again. Expected refusals are the client's to bear. */
  async join(connection: Connection, after: string | undefined): Promise<void> {
    const bend = this.#defects.bendAdmission ?? ((admission) => admission);
    const admission = bend({
      roomId: ROOM,
      after,
      ready: async () => undefined,
      entrance: { enter: (isKnown) => this.#enter(connection, isKnown) },
      admitted: (state) => connection.admitted(state, after),
    });
    await this.live.attach(connection, admission).catch(expected);
  }

  async leave(connection: Connection): Promise<void> {
    const run = async () => {
      connection.isLeaving = true;
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const stamp = this.#server.stamp(connection.userId);
        const leave = () => this.#server.store.leave(ROOM, stamp, 'left');
        const answer = await this.#server.call(`${connection.id} leave`, leave);
        if (answer === 'absent') throw new ChatError('ROOM_NOT_FOUND');
        if (answer !== 'stale') return;
      }
      throw new ChatError('SERVICE_UNAVAILABLE');
    };
    const hasLeft = () => {
      connection.isIn = false;
      if (connection.wasTold) connection.blame('was told that it left, as it had asked');
    };
    const leaving = this.live.leave(connection, ROOM, run).then(hasLeft);
    await leaving.catch(expected).finally(() => {
      connection.isLeaving = false;
      connection.wasTold = false;
    });
  }

  /** One look of the audit at this node's rooms. */
  async audit(): Promise<void> {
    const roomIds = this.live.roomIds();
    const marks = await this.#server.call(`${this.name} audit`, () => this.#server.store.marks(roomIds));
    for (const [i, roomId] of roomIds.entries()) this.live.compare(roomId, marks[i] ?? null, false);
  }

  /** The user's keys may not know of a leave that was lost or is on its way: here they never do. */
  async #enter(connection: Connection, isKnown: boolean): Promise<RoomSnapshot | null> {
    if (isKnown) return this.#server.call(`${connection.id} enter`, async () => null);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const stamp = this.#server.stamp(connection.userId);
      const join = () => this.#server.store.join(ROOM, stamp, '');
      const answer = await this.#server.call(`${connection.id} join`, join);
      if (answer === 'absent') throw new ChatError('ROOM_NOT_FOUND');
      if (answer !== 'stale') return answer;
    }
    throw new ChatError('SERVICE_UNAVAILABLE');
  }
}

/** What a client is told by its code is no defect. */
export function expected(error: unknown): void {
  if (!(error instanceof ChatError)) throw error;
}
