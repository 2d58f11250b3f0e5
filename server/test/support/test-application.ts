/** What a test's client makes of the wire: one timeline a room, as a real application keeps it, written into the history. */
import type { Answers, Joined, Message, Page, Sent, ServerEvents } from '../../src/protocol/index.ts';
import type { Happening } from '../history/format.ts';

/**
 * One room: everything up to `lastSeq`, which `lastId` stands for. `waiting` holds live messages while it pages; `isIn`
 * says that the present connection is in the room.
 */
export type AppRoom = {
  lastSeq: number;
  lastId: string;
  messages: Message[];
  waiting: Message[] | null;
  isIn: boolean;
};

type Start = Pick<AppRoom, 'lastSeq' | 'lastId' | 'messages'>;
type Asked = { roomId: string; after?: string; before?: string; text: string; clientMsgId: string };

/** Fed in the order of the wire; `record` takes every line. */
export class TestApplication {
  readonly rooms = new Map<string, AppRoom>();
  readonly #record: (happening: Happening) => void;

  constructor(record: (happening: Happening) => void) {
    this.#record = record;
  }

  /** A server event. */
  hear(event: string, payload: unknown): void {
    if (event === 'msg') this.#msg(payload as Message);
    else if (event === 'joined') this.#joined(payload as Joined, undefined);
    else if (event === 'resync') this.#resync(payload as ServerEvents['resync']);
    else if (event === 'left') {
      const { roomId, reason } = payload as ServerEvents['left'];
      this.#record({ kind: 'left', roomId, reason });
      this.#out(roomId);
    }
  }

  /** The answer to a request that succeeded. */
  answered(name: keyof Answers, asked: object, data: unknown): void {
    const { roomId, after, before, text, clientMsgId } = asked as Asked;
    if (name === 'join') this.#joined(data as Joined, after);
    else if (name === 'leave') {
      this.#record({ kind: 'leave_done', roomId });
      this.#out(roomId);
    } else if (name === 'history') {
      this.#page({ roomId, ...(after && { after }), ...(before && { before }) }, data as Page);
    } else if (name === 'msg') {
      const { id, seq, duplicate } = data as Sent;
      this.#record({ kind: 'ack', roomId, id, seq, duplicate, text, clientMsgId });
    }
  }

  /** The connection is gone: what waited for pages comes again with the next join. */
  disconnected(): void {
    this.#record({ kind: 'disconnect' });
    for (const room of this.rooms.values()) {
      room.waiting = null;
      room.isIn = false;
    }
  }

  /** Paging is done. */
  release(roomId: string): void {
    const room = this.rooms.get(roomId);
    if (!room?.waiting) return;
    const { waiting } = room;
    room.waiting = null;
    for (const message of waiting) this.#apply(message);
  }

  #msg(message: Message): void {
    this.#record({ kind: 'msg', message });
    const room = this.rooms.get(message.roomId);
    if (room?.waiting) room.waiting.push(message);
    else this.#apply(message);
  }

  #resync({ roomId, seq, position }: ServerEvents['resync']): void {
    this.#record({ kind: 'resync', roomId, seq, position });
    const kept = this.rooms.get(roomId)?.messages.filter((message) => message.seq <= seq) ?? [];
    this.#start(roomId, { lastSeq: seq, lastId: position, messages: kept });
  }

  #joined(joined: Joined, after: string | undefined): void {
    const { roomId, me, seq, position, recovered, more, missed } = joined;
    const judged = recovered === undefined ? {} : { recovered };
    this.#record({ kind: 'joined', roomId, me, seq, position, more, missed, ...(after && { after }), ...judged });
    if (recovered !== true) {
      this.#start(roomId, { lastSeq: seq, lastId: position, messages: [] });
      return;
    }
    if (!this.rooms.has(roomId)) this.#start(roomId, { lastSeq: 0, lastId: after ?? position, messages: [] });
    for (const message of missed) this.#apply(message);
    const room = this.rooms.get(roomId);
    if (!room) return;
    room.isIn = true;
    if (more) room.waiting = [];
  }

  #out(roomId: string): void {
    const room = this.rooms.get(roomId);
    if (room) room.isIn = false;
  }

  #page(asked: { roomId: string; after?: string; before?: string }, page: Page): void {
    const { messages, hasMore, recovered } = page;
    const judged = recovered === undefined ? {} : { recovered };
    this.#record({ kind: 'page', ...asked, hasMore, ...judged, messages });
    if (asked.after === undefined || !this.rooms.get(asked.roomId)?.waiting) return;
    for (const message of messages) this.#apply(message);
  }

  #start(roomId: string, start: Start): void {
    this.rooms.set(roomId, { ...start, waiting: null, isIn: true });
  }

  /** Takes what is new. */
  #apply(message: Message): void {
    const room = this.rooms.get(message.roomId);
    if (room === undefined || message.seq <= room.lastSeq) return;
    room.lastSeq = message.seq;
    room.lastId = message.id;
    room.messages.push(message);
    this.#record({ kind: 'app', message });
  }
}
