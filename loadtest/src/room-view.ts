/** One member in one room: joins and joins again, hears, writes, and at the end compares its ledger with the room. */
import type { Joined, Message, Page, Sent, ServerEvents } from '@c2c/server/protocol';
import type { Connection } from './connection.ts';
import { complain, count, TIMES } from './metrics.ts';
import { createRoomLedger, type RoomLedger } from './room-ledger.ts';
import { sleep } from './sleep.ts';
import { intendedAt, writeText } from './text.ts';

/** See the file's sentence. */
export interface RoomView {
  readonly roomId: string;
  /** `done` gets the token to use from now on, or the code of a refusal. */
  join(connection: Connection, token: string, done: (outcome: JoinOutcome) => void): void;
  heard(name: string, payload: unknown): void;
  write(connection: Connection, message: { clientMsgId: string; intendedAt: number }): void;
  /** Tells that one types, and what one has read. */
  fidget(connection: Connection): void;
  /** Waits for what is still on its way, counts what never came. False where the cluster did not answer. */
  check(connection: Connection): Promise<boolean>;
}

/** What became of a join. */
export type JoinOutcome = { ok: true; token: string } | { ok: false; code: string };

const PAGE = 100;
/** What the cluster itself promises for a lost tail is 5 s; a busy machine gets twice that. */
const ARRIVES_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** A view before its first join. */
export function createRoomView(roomId: string): RoomView {
  const ledger = createRoomLedger();
  /** Live messages that wait while the pages before them are read; null when none are. */
  let kept: Message[] | null = null;

  const replay = (message: Message) => count(ledger.message(message) === 'duplicate' ? 'duplicated' : 'replayed');
  const goLive = () => {
    const waiting = kept ?? [];
    kept = null;
    for (const message of waiting) if (message.seq > ledger.lastSeq) hearLive(ledger, message);
  };
  const readOn = (connection: Connection) => {
    const request = { roomId, after: ledger.position, limit: PAGE };
    connection.request('history', request, (reply) => {
      if (reply.ok && ledger.page(reply.data as Page, replay)) readOn(connection);
      else goLive();
    });
  };
  const enter = (joined: Joined, connection: Connection) => {
    const outcome = ledger.joined(joined, replay);
    if (outcome === 'cut') count('resyncs');
    kept = outcome === 'history' ? [] : null;
    if (outcome === 'history') readOn(connection);
  };

  return {
    roomId,
    join(connection, token, done) {
      const after = ledger.position === null ? {} : { after: ledger.position };
      connection.request('join', { roomId, token, ...after }, (reply) => {
        if (!reply.ok) return done(reply);
        const joined = reply.data as Joined;
        enter(joined, connection);
        done({ ok: true, token: joined.token ?? token });
      });
    },
    heard(name, payload) {
      if (name === 'msg') {
        const message = payload as Message;
        if (kept === null) hearLive(ledger, message);
        else kept.push(message);
      } else if (name === 'resync') {
        const { seq, position } = payload as ServerEvents['resync'];
        count('resyncs');
        ledger.resync(seq, position);
      }
    },
    write(connection, { clientMsgId, intendedAt: at }) {
      ledger.sending(clientMsgId);
      connection.request('msg', { roomId, text: writeText(at), clientMsgId }, (reply) => {
        if (!reply.ok) return complain('sendFailed', `a send was refused: ${reply.code}`, reply.code);
        count('sent');
        TIMES.sendLatency.add(Math.max(0, Date.now() - at));
        ledger.acknowledged(clientMsgId, (reply.data as Sent).seq);
      });
    },
    fidget(connection) {
      connection.tell('typing', { roomId });
      connection.tell('read', { roomId, seq: ledger.lastSeq });
    },
    async check(connection) {
      const truth = await newestSeq(connection, roomId);
      if (truth === null) return false;
      const deadline = Date.now() + ARRIVES_WITHIN_MS;
      while (!ledger.hasAll(truth) && Date.now() < deadline) await sleep(LOOK_EVERY_MS);
      const { lost } = ledger.verdict(truth);
      if (lost > 0) count('lost', lost);
      count('checked');
      return true;
    },
  };
}

function hearLive(ledger: RoomLedger, message: Message) {
  const entry = ledger.message(message);
  if (entry === 'duplicate') return count('duplicated');
  if (entry === 'late') count('outOfOrder');
  count('received');
  const at = intendedAt(message.text);
  if (at !== null) TIMES.latency.add(Math.max(0, Date.now() - at));
}

/** The number of the room's newest message, 0 for none; null where nobody says. */
function newestSeq(connection: Connection, roomId: string): Promise<number | null> {
  return new Promise((resolve) => {
    connection.request('history', { roomId, limit: 1 }, (reply) => {
      resolve(reply.ok ? ((reply.data as Page).messages.at(-1)?.seq ?? 0) : null);
    });
  });
}
