/** A model of one room that keeps its promise: whatever people do in it, its history is a good one. */
import type { Message } from '../../src/protocol/index.ts';
import type { Happening, HistoryRecord } from '../history/format.ts';

export const ROOM = 'room0001';
const PAGE = 4;

type ModelClient = {
  connection: number;
  isConnected: boolean;
  isIn: boolean;
  /** The application: last seq it has; undefined before the first join. */
  last: number | undefined;
};

/** What somebody can do; who cannot do it (send without a connection) does nothing. */
type Deed = 'connect' | 'disconnect' | 'join' | 'return' | 'lost' | 'send' | 'repeat' | 'leave' | 'resync';

/** The user of a client: tabs end in a digit. */
const userOf = (client: string) => client.replace(/\d$/, '');
const idOf = (seq: number) => `epoch.00000001-${seq}`;

/** A room at its beginning. */
export class ModelRoom {
  readonly records: HistoryRecord[] = [];
  readonly #log: Message[] = [];
  readonly #clients = new Map<string, ModelClient>();

  connect(name: string): void {
    this.disconnect(name);
    const client = this.#client(name);
    client.connection++;
    client.isConnected = true;
    this.#add(name, { kind: 'connect' });
  }

  disconnect(name: string): void {
    const client = this.#client(name);
    if (!client.isConnected) return;
    client.isConnected = false;
    client.isIn = false;
    this.#add(name, { kind: 'disconnect' });
  }

  /** A join that gives no position, or has none that is good (`isLost`). */
  join(name: string, isLost = false): void {
    const client = this.#client(name);
    if (!client.isConnected) return;
    const told = isLost ? { after: idOf(client.last ?? 0), recovered: false } : {};
    this.#joined(name, { missed: [], more: false, ...told });
    client.last = this.#log.length;
  }

  /** A join from where the application stands, with pages until it has everything. */
  return(name: string): void {
    const client = this.#client(name);
    if (!client.isConnected || client.last === undefined) return;
    const missed = this.#log.slice(client.last, client.last + PAGE);
    const more = client.last + missed.length < this.#log.length;
    this.#joined(name, { missed, more, after: idOf(client.last), recovered: true });
    for (const message of missed) this.#take(name, message);
    while (client.last < this.#log.length) this.#page(name, client.last);
  }

  /** Acknowledged, and on every wire in the room. */
  send(name: string): void {
    if (!this.#client(name).isIn) return;
    const number = this.#log.length + 1;
    this.#add(name, { kind: 'send', roomId: ROOM, text: `text ${number}`, clientMsgId: `c${number}` });
    this.store(name, `text ${number}`, `c${number}`);
  }

  /** What a server does with a send; doing it twice is the defect of one without dedupe. */
  store(name: string, text: string, clientMsgId: string): void {
    const seq = this.#log.length + 1;
    const id = idOf(seq);
    const message = { roomId: ROOM, seq, id, from: userOf(name), text, timestamp: '', clientMsgId };
    this.#log.push(message);
    for (const other of this.#present()) {
      this.#add(other, { kind: 'msg', message });
      this.#take(other, message);
    }
    this.#add(name, { kind: 'ack', roomId: ROOM, id, seq, duplicate: false, text, clientMsgId });
  }

  /** A retry of the user's newest message, answered as a duplicate. */
  repeat(name: string): void {
    const message = this.#log.findLast(({ from }) => from === userOf(name));
    if (!this.#client(name).isConnected || message === undefined) return;
    const { id, seq, text, clientMsgId = '' } = message;
    this.#add(name, { kind: 'send', roomId: ROOM, text, clientMsgId });
    this.#add(name, { kind: 'ack', roomId: ROOM, id, seq, duplicate: true, text, clientMsgId });
  }

  leave(name: string): void {
    if (!this.#client(name).isIn) return;
    this.#add(name, { kind: 'leave', roomId: ROOM });
    for (const other of this.#present()) {
      if (userOf(other) !== userOf(name)) continue;
      if (other === name) this.#add(name, { kind: 'leave_done', roomId: ROOM });
      else this.#add(other, { kind: 'left', roomId: ROOM, reason: 'left' });
      this.#client(other).isIn = false;
    }
  }

  /** The server tells that it cannot fill a gap. */
  resync(name: string): void {
    const client = this.#client(name);
    if (!client.isIn) return;
    this.#add(name, { kind: 'resync', roomId: ROOM, seq: this.#log.length, position: idOf(this.#log.length) });
    client.last = this.#log.length;
  }

  perform(deed: Deed, name: string): void {
    if (deed === 'lost') this.join(name, true);
    else this[deed](name);
  }

  #joined(name: string, past: { missed: Message[]; more: boolean; after?: string; recovered?: boolean }): void {
    const seq = this.#log.length;
    this.#add(name, { kind: 'joined', roomId: ROOM, me: userOf(name), seq, position: idOf(seq), ...past });
    this.#client(name).isIn = true;
  }

  #page(name: string, from: number): void {
    const messages = this.#log.slice(from, from + PAGE);
    const hasMore = from + messages.length < this.#log.length;
    this.#add(name, { kind: 'page', roomId: ROOM, after: idOf(from), recovered: true, hasMore, messages });
    for (const message of messages) this.#take(name, message);
  }

  #take(name: string, message: Message): void {
    const client = this.#client(name);
    if (message.seq <= (client.last ?? 0)) return;
    client.last = message.seq;
    this.#add(name, { kind: 'app', message });
  }

  #present(): string[] {
    return [...this.#clients].filter(([, client]) => client.isIn).map(([name]) => name);
  }

  #client(name: string): ModelClient {
    const client = this.#clients.get(name) ?? { connection: 0, isConnected: false, isIn: false, last: undefined };
    this.#clients.set(name, client);
    return client;
  }

  #add(name: string, happening: Happening): void {
    const { connection } = this.#client(name);
    this.records.push({ client: name, connection, at: this.records.length, ...happening });
  }
}
