/** Judges frames so that a message's connection is lost at one moment of its sending; each message at most once. */

import type { Direction, Fate, Judge } from './frame-proxy.ts';
import type { Figures } from './rows.ts';

/** When, as the server and the client see it: the write is the client's, the ack the server's. */
export type Moment = 'before-write' | 'after-write' | 'before-ack' | 'after-ack';

/** A message or an answer on the wire of either door; `key` ties the answer to its message. */
type Seen = { door: 'socketio' | 'websocket'; key: string };

/** See the file's sentence. */
export interface SendCutter {
  /** A judge for a new connection. */
  judge(): Judge;
  /** From now on, until so many were cut. */
  start(cuts: number): void;
  count(): number;
  figures(): Figures;
}

const FATES: Record<Moment, [Direction, Fate]> = {
  'before-write': ['up', 'cut-instead'],
  'after-write': ['up', 'cut-after'],
  'before-ack': ['down', 'cut-instead'],
  'after-ack': ['down', 'cut-after'],
};

/** A cutter that lets everything pass until it is started. */
export function createSendCutter(moment: Moment): SendCutter {
  const [direction, fate] = FATES[moment];
  const done = new Set<string>();
  const counts = { socketio: 0, websocket: 0 };
  let budget = 0;

  function cutOnce(clientMsgId: string, { door }: Seen): Fate {
    if (budget === 0 || done.has(clientMsgId)) return 'pass';
    budget--;
    done.add(clientMsgId);
    counts[door]++;
    return fate;
  }

  return {
    judge() {
      const waiting = new Map<string, string>();
      return (way, frame) => {
        const seen = way === 'up' ? messageIn(frame) : answerIn(frame);
        if (seen === null) return 'pass';
        if (way === 'up') waiting.set(seen.key, nameOf(frame));
        const clientMsgId = waiting.get(seen.key);
        return way === direction && clientMsgId !== undefined ? cutOnce(clientMsgId, seen) : 'pass';
      };
    },
    start(cuts) {
      budget = cuts;
    },
    count: () => done.size,
    figures: () => ({ 'cut on Socket.IO': counts.socketio, 'cut on /ws': counts.websocket }),
  };
}

function nameOf(frame: string): string {
  return /"clientMsgId":"([^"]+)"/.exec(frame)?.[1] ?? '';
}

function messageIn(frame: string): Seen | null {
  const socketio = /^42(\d+)\["msg"/.exec(frame);
  if (socketio !== null) return { door: 'socketio', key: socketio[1] ?? '' };
  const raw = /^\{"t":"msg","id":(\d+)/.exec(frame);
  return raw === null ? null : { door: 'websocket', key: raw[1] ?? '' };
}

function answerIn(frame: string): Seen | null {
  const socketio = /^43(\d+)\[/.exec(frame);
  if (socketio !== null) return { door: 'socketio', key: socketio[1] ?? '' };
  const raw = /^\{"t":"ack","id":(\d+)/.exec(frame);
  return raw === null ? null : { door: 'websocket', key: raw[1] ?? '' };
}
