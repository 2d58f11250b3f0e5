/** A client for tests on either door: keeps what the wire brings, plays a small application, and writes its history. */
import { randomUUID } from 'node:crypto';
import type { Answers, Joined, Message, Page, Sent, WireError } from '../../src/protocol/index.ts';
import type { ClientRecorder, History } from '../history/recorder.ts';
import { type AppRoom, TestApplication } from './test-application.ts';
import { type Door, openWire, type Wire, type WireOptions } from './wire.ts';

/** `token` is a JWT or a guest's name; without a history nothing is written. */
export type TestClientOptions = {
  url: string;
  door: Door;
  token: string;
  history?: History;
  transports?: WireOptions['transports'];
};

/** An event as it came. */
export type Heard = { event: string; payload: Record<string, unknown> };

/** What a request was refused with. */
export class Refused extends Error {
  readonly error: WireError;

  constructor(error: WireError) {
    super(error.code);
    this.error = error;
  }
}

const ANSWER_MS = 20_000;
let clientCount = 0;

/** Connects; the handshake or the first `join` tells who it is. */
export async function connectClient(options: TestClientOptions): Promise<TestClient> {
  const client = new TestClient(options);
  await client.connect(options.url);
  return client;
}

/** One user's client. It survives its connections: `connect` again, then `rejoin`. */
export class TestClient {
  readonly name: string;
  readonly door: Door;
  /** All events of all connections, in order; answers are not among them. */
  readonly heard: Heard[] = [];
  /** Runs when a connection ends. */
  onClosed: (reason: string) => void = () => undefined;
  /** Why the last connection ended: a close code on `/ws`, Socket.IO's word; null while it lives. */
  closeReason: string | null = null;
  token: string;
  url: string;
  readonly #app: TestApplication;
  readonly #recorder: ClientRecorder | undefined;
  readonly #transports: WireOptions['transports'];
  readonly #watchers = new Set<() => void>();
  readonly #unanswered = new Set<(error: Error) => void>();
  #wire: Wire | null = null;

  constructor({ url, door, token, history, transports }: TestClientOptions) {
    clientCount++;
    this.name = `${clientCount}-${token.slice(0, 32)}`;
    this.door = door;
    this.url = url;
    this.token = token;
    this.#recorder = history?.client(this.name);
    this.#app = new TestApplication((happening) => this.#recorder?.add(happening));
    this.#transports = transports;
  }

  get isOpen(): boolean {
    return this.#wire?.isOpen() === true;
  }

  get rooms(): ReadonlyMap<string, AppRoom> {
    return this.#app.rooms;
  }

  /** A new connection, after the last one has ended. */
  async connect(url = this.url): Promise<void> {
    this.close();
    await this.until(() => !this.isOpen);
    this.url = url;
    this.#recorder?.nextConnection();
    this.closeReason = null;
    this.#wire = await openWire({
      ...{ url, door: this.door, token: this.token, transports: this.#transports },
      onEvent: (event, payload) => this.#hear(event, payload),
      onClose: (reason) => this.#closed(reason),
    });
    this.#recorder?.add({ kind: 'connect', url, door: this.door });
  }

  close(): void {
    this.#wire?.close();
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#wire?.cut();
  }

  /** A request with an answer; rejects with `Refused`, or when the connection ends or no answer comes. */
  request<N extends keyof Answers>(name: N, payload: object): Promise<Answers[N]> {
    return new Promise((resolve, reject) => {
      const wire = this.#wire;
      if (!wire?.isOpen()) throw new Error(`${this.name} is not connected`);
      const giveUp = (error: Error) => {
        clearTimeout(late);
        this.#unanswered.delete(giveUp);
        reject(error);
      };
      const late = setTimeout(() => giveUp(new Error(`${this.name}: no answer to ${name}`)), ANSWER_MS);
      this.#unanswered.add(giveUp);
      wire.request(name, payload, (answer) => {
        if (!answer.ok) {
          this.#recorder?.add({ kind: 'error', code: answer.error.code, re: name });
          return giveUp(new Refused(answer.error));
        }
        clearTimeout(late);
        this.#unanswered.delete(giveUp);
        this.#app.answered(name, payload, answer.data);
        this.#wake();
        resolve(answer.data as Answers[N]);
      });
    });
  }

  /** Sends without asking for an answer. */
  emit(name: string, payload: object): void {
    this.#wire?.emit(name, payload);
  }

  /** Joins, from `after` on if it is given; pages until everything that was missed is there. */
  async join(roomId: string, after?: string): Promise<Joined> {
    const from = after === undefined ? {} : { after };
    this.#recorder?.add({ kind: 'join', roomId, ...from });
    const joined = await this.request('join', { roomId, token: this.token, ...from });
    if (joined.token !== undefined) this.token = joined.token;
    await this.#page(roomId, joined.seq);
    return joined;
  }

  /** Joins again from where the application stands. */
  rejoin(roomId: string): Promise<Joined> {
    return this.join(roomId, this.rooms.get(roomId)?.lastId);
  }

  async send(roomId: string, text: string, more: { clientMsgId?: string; since?: string } = {}): Promise<Sent> {
    const payload = { roomId, text, clientMsgId: randomUUID(), ...more };
    this.#recorder?.add({ kind: 'send', roomId, text, clientMsgId: payload.clientMsgId });
    return this.request('msg', payload);
  }

  async leave(roomId: string): Promise<void> {
    this.#recorder?.add({ kind: 'leave', roomId });
    await this.request('leave', { roomId });
  }

  history(roomId: string, query: { before?: string; after?: string; limit?: number } = {}): Promise<Page> {
    return this.request('history', { roomId, ...query });
  }

  /** What the application has of a room. */
  messages(roomId: string): readonly Message[] {
    return this.rooms.get(roomId)?.messages ?? [];
  }

  /** The first event from the `from`-th on that fits; waits for it until the deadline. */
  waitFor(fits: (heard: Heard) => boolean, { from = 0, withinMs = 10_000 } = {}): Promise<Heard> {
    return this.until(() => this.heard.slice(from).find(fits), withinMs);
  }

  /** Waits for an event by name and fields. */
  hears(event: string, fields: Record<string, unknown> = {}, where: { from?: number; withinMs?: number } = {}) {
    const wanted = Object.entries(fields);
    return this.waitFor(
      (heard) => heard.event === event && wanted.every(([key, value]) => heard.payload[key] === value),
      where,
    );
  }

  /** Waits until the application has a message of that text. */
  gets(roomId: string, text: string, withinMs = 10_000): Promise<Message> {
    return this.until(() => this.messages(roomId).find((message) => message.text === text), withinMs);
  }

  /** Looks again whenever something comes, until there is an answer; rejects after the deadline, showing what was heard. */
  until<T>(look: () => T | undefined | null | false, withinMs = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = () => {
        const found = look();
        if (found === undefined || found === null || found === false) return;
        clearTimeout(late);
        this.#watchers.delete(watch);
        resolve(found);
      };
      const late = setTimeout(() => {
        this.#watchers.delete(watch);
        const last = JSON.stringify(this.heard.slice(-8)).slice(0, 2_000);
        reject(new Error(`${this.name}: not within ${withinMs} ms; closed: ${this.closeReason}; last heard: ${last}`));
      }, withinMs);
      this.#watchers.add(watch);
      watch();
    });
  }

  async #page(roomId: string, seq: number): Promise<void> {
    for (;;) {
      const room = this.rooms.get(roomId);
      if (!room?.waiting || room.lastSeq >= seq) break;
      const { recovered } = await this.history(roomId, { after: room.lastId, limit: 100 });
      if (recovered !== true) throw new Error('the log was cut while paging');
    }
    this.#app.release(roomId);
    this.#wake();
  }

  #hear(event: string, payload: unknown): void {
    this.heard.push({ event, payload: isRecord(payload) ? payload : {} });
    this.#app.hear(event, payload);
    this.#wake();
  }

  #closed(reason: string): void {
    this.closeReason = reason;
    this.#app.disconnected();
    for (const giveUp of [...this.#unanswered]) giveUp(new Error(`${this.name}: the connection ended (${reason})`));
    this.onClosed(reason);
    this.#wake();
  }

  #wake(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
