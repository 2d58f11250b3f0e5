/** One connection of the generator: a bare TCP socket that speaks just enough to join a room, send, and count what comes. */
import { connect, type Socket } from 'node:net';
import type { Dialect } from './dialect.ts';
import { clientFrame, type FrameSink, OPCODE, scanFrames, textFrame } from './frames.ts';
import { type Places, readMark, readSeq } from './marks.ts';
import { NO_SEQ, type Tally } from './tally.ts';

/** What belongs to all members of one kind of server. */
export type Crowd = { dialect: Dialect; places: Places; tally: Tally };
/** Where a member connects from and to. */
export type Route = { port: number; localAddress: string | undefined };
/** What a member keeps when its connection goes. */
export type Seat = { roomId: string; token: string; after: string | undefined };

/** Every read of every connection lands here: it is taken apart before the next one. */
const SHARED = Buffer.alloc(256 * 1024);
const NOTHING = Buffer.alloc(0);
const PONG = textFrame('3');
const ENGINE_PING = 0x32;
const HEAD_END = '\r\n\r\n';

type Entry = { resolve(joined: Joined): void; reject(error: Error): void };
/** What is used of the `joined` event of C2C; peers send the room only. */
export type Joined = {
  roomId: string;
  token?: string;
  seq?: number;
  position?: string;
  recovered?: boolean;
  more?: boolean;
  missed?: { seq: number; id: string }[];
};

/** A class, not closures: there are up to 10 000 of these. */
export class Member implements FrameSink {
  readonly crowd: Crowd;
  readonly seat: Seat;
  /** Numbers of the messages of this phase, in the order they came. */
  log: Uint32Array = new Uint32Array(0);
  count = 0;
  /** The last sequence number that came. */
  seq = NO_SEQ;
  #socket: Socket | null = null;
  #rest: Buffer = NOTHING;
  #isUpgraded = false;
  #entry: Entry | null = null;

  constructor(crowd: Crowd, seat: Seat) {
    this.crowd = crowd;
    this.seat = seat;
  }

  /** Connects and joins; rejects with what the server said against it. */
  enter(route: Route): Promise<Joined> {
    return new Promise((resolve, reject) => {
      this.#entry = { resolve, reject };
      this.#rest = NOTHING;
      this.#isUpgraded = false;
      const onread = { buffer: SHARED, callback: (bytes: number) => this.#read(bytes) };
      const { port, localAddress } = route;
      const from = localAddress === undefined ? {} : { localAddress };
      const socket = connect({ host: '127.0.0.1', port, noDelay: true, ...from, onread });
      this.#socket = socket;
      socket.on('error', (error) => this.#fail(error));
      socket.on('close', () => this.#fail(new Error('the server closed the connection')));
      socket.on('connect', () => socket.write(upgradeRequest(this.crowd.dialect.path, port)));
    });
  }

  send(text: string): void {
    this.#socket?.write(textFrame(text));
  }

  /** Ends the connection as a lost network does, without a word. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  frame(opcode: number, bytes: Buffer, span: { start: number; end: number }): void {
    if (opcode === OPCODE.text) {
      const { places, tally } = this.crowd;
      const number = readMark(bytes, span, places);
      // `joined` may hold missed messages, marks and all.
      if (number < 0 || this.#entry !== null) this.#control(bytes, span);
      else this.seq = tally.delivered(this, number, this.seq === NO_SEQ ? NO_SEQ : readSeq(bytes, span, places));
    } else if (opcode === OPCODE.ping) {
      this.#socket?.write(clientFrame(OPCODE.pong, bytes.subarray(span.start, span.end)));
    }
  }

  #control(bytes: Buffer, { start, end }: { start: number; end: number }): void {
    if (end - start === 1 && bytes[start] === ENGINE_PING) return void this.#socket?.write(PONG);
    const { dialect, tally } = this.crowd;
    const heard = dialect.read(bytes.toString('utf8', start, end));
    if (heard.kind === 'open') this.send(dialect.authenticate(this.seat.token));
    else if (heard.kind === 'admitted') this.#join();
    else if (heard.kind === 'refused' && this.#entry === null) tally.refused(heard.payload);
    else if (heard.kind === 'resync') this.#resync(heard.payload);
    else if (heard.kind === 'refused') this.#fail(new Error(heard.payload));
    else if (heard.kind === 'joined') this.#joined(heard.payload);
  }

  #join(): void {
    const { roomId, token, after } = this.seat;
    this.send(this.crowd.dialect.join({ roomId, token, ...(after === undefined ? {} : { after }) }));
  }

  /** What is skipped counts as lost; the sequence goes on from there. */
  #resync(payload: string): void {
    const { seq } = JSON.parse(payload) as { seq: number };
    this.seq = seq;
    this.crowd.tally.refused(`resync: ${payload}`);
  }

  #joined(payload: string): void {
    const entry = this.#entry;
    if (entry === null) return;
    const joined = JSON.parse(payload) as Joined;
    this.#entry = null;
    this.seq = joined.seq ?? NO_SEQ;
    this.seat.token = joined.token ?? this.seat.token;
    entry.resolve(joined);
  }

  #fail(error: Error): void {
    const entry = this.#entry;
    this.#entry = null;
    if (entry !== null) {
      this.drop();
      entry.reject(error);
    } else if (this.#socket !== null) this.crowd.tally.lostConnection(error.message);
  }

  #read(bytes: number): boolean {
    if (this.#rest.length === 0) this.#take(SHARED, bytes);
    else {
      const whole = Buffer.concat([this.#rest, SHARED.subarray(0, bytes)]);
      this.#take(whole, whole.length);
    }
    return true;
  }

  #take(bytes: Buffer, end: number): void {
    const begin = this.#isUpgraded ? 0 : this.#upgrade(bytes, end);
    const used = begin < 0 ? 0 : begin + scanFrames(begin === 0 ? bytes : bytes.subarray(begin), end - begin, this);
    this.#rest = used === end ? NOTHING : Buffer.from(bytes.subarray(used, end));
  }

  /** Where the frames begin; -1 while the answer is not complete. */
  #upgrade(bytes: Buffer, end: number): number {
    const answer = bytes.toString('latin1', 0, end);
    const headEnd = answer.indexOf(HEAD_END);
    if (headEnd < 0) return -1;
    if (!answer.startsWith('HTTP/1.1 101')) {
      this.#fail(new Error(answer.split('\r\n', 1)[0] ?? ''));
      return end;
    }
    this.#isUpgraded = true;
    if (!this.crowd.dialect.isServerFirst) this.#join();
    return headEnd + HEAD_END.length;
  }
}

function upgradeRequest(path: string, port: number): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    HEAD_END.slice(2),
  ].join('\r\n');
}
