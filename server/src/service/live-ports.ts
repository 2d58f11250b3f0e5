/** Rooms as they are alive on a node, as contracts: what the bus brings, what fan-out decides, what doors write. Types only. */
import type { CloseReason, Joined } from '../protocol/index.ts';
import type { RoomSnapshot } from './ports.ts';

/** One event. Its texts are made when they are asked for, once. */
export interface Frame {
  /** Name of the event, ASCII. */
  readonly event: string;
  /** The payload's JSON in UTF-8, without its opening brace. */
  readonly fields: Buffer;
  /** Socket.IO packet without the Engine.IO type: `2["msg",{…}]`. */
  readonly socketio: string;
  /** Text of one `/ws` frame: `{"t":"msg",…}`. */
  readonly websocket: string;
}

/**
 * Events that go out together, in order. The bytes are made at most once per node and door and are shared by all
 * connections of the room: nobody may change them.
 */
export interface FrameBatch {
  readonly frames: readonly Frame[];
  /** Roughly how many bytes it is, known without encoding. */
  readonly size: number;
  /** All frames as unmasked WebSocket text frames, one behind the other, each with the Engine.IO type `4`. */
  readonly socketioBytes: Buffer;
  /** The same for `/ws`. */
  readonly websocketBytes: Buffer;
}

/**
 * Where fan-out puts frames: one connection of this node, whichever door it came through.
 * `deliver` MUST write all frames in the order given, MUST NOT throw and MUST NOT answer later: a connection that is
 * closing drops them.
 */
export interface Outlet {
  readonly id: string;
  readonly userId: string;
  deliver(batch: FrameBatch): void;
  /** Bytes that wait in this process because the peer does not read. */
  pendingBytes(): number;
  /** Ends the connection at once; the client may come back or not as the reason says. */
  close(reason: CloseReason): void;
}

/** What fan-out decides about a join: where the connection's live events begin and what came before. */
export type Admitted = Pick<Joined, 'seq' | 'position' | 'missed' | 'more' | 'recovered'> & {
  snapshot: RoomSnapshot;
};

/** The way of a connection into a room, kept as long as it is there. */
export interface Entrance {
  /**
   * Runs the join scripts; called once the room's subscription is confirmed, and again where the server restarted
   * meanwhile. Its rejection ends the join. `isKnown`: this node knows the user as a member and can answer for the room;
   * null where no leave is on its way, so that the room was not asked.
   */
  enter(isKnown: boolean): Promise<RoomSnapshot | null>;
}

/** One join of one connection. */
export interface Admission {
  roomId: string;
  /** The client's position, if it gave one. */
  after?: string | undefined;
  /** Resolves once the connection has read enough of its earlier answers to be given another; rejects where it reads nothing. */
  ready(): Promise<void>;
  entrance: Entrance;
  /** Called once, in the very turn from which live events follow. Writes the answer to the connection. */
  admitted(state: Admitted): void;
}

/** Rooms as they are alive on this node: the only door by which an event reaches a connection. */
export interface LiveRooms {
  /**
   * Subscribes, runs `enter`, and places the connection in the room's feed: after `admitted` exactly the events
   * seq+1, seq+2, … follow. Settles when that is done; rejects as `enter`, or with SERVICE_UNAVAILABLE.
   */
  attach(outlet: Outlet, admission: Admission): Promise<void>;
  /**
   * Runs the leave scripts and takes the connection out of the room; it is not told `left`, since it asked. Where `run`
   * rejects, the connection stays as it was.
   */
  leave(outlet: Outlet, roomId: string, run: () => Promise<void>): Promise<void>;
  /** The connection has ended. Idempotent. */
  drop(outlet: Outlet): void;
  /** Rooms the connection is in, oldest first. */
  roomsOf(outlet: Outlet): readonly string[];
}

/** `chan:<roomId>` as one node hears it. */
export interface Bus {
  /** Resolves once the server has confirmed; from then on every message published is handed to the listener, in order. */
  subscribe(roomId: string): Promise<void>;
  /** Resolves once confirmed, or at once where the connection is away. */
  unsubscribe(roomId: string): Promise<void>;
  /** Whether the subscriber is connected and has been heard in the last 3 s. */
  isAlive(): boolean;
  close(): Promise<void>;
}

/** What a bus tells: `message` for each publication; `restored` for rooms whose subscription was lost and is back. */
export interface BusListener {
  /** The listener MUST copy what it keeps: the payload shares its memory with whatever came in with it. */
  message(roomId: string, payload: Buffer): void;
  restored(roomIds: readonly string[]): void;
}
