/** The ledger of one member in one room: what came, in which order, and at the end what never came. Knows no socket. */
import type { Joined, Message, Page } from '@c2c/server/protocol';

/** What a message was to this member: the next one, one that had been missing, or one it already had. */
export type Entry = 'next' | 'late' | 'duplicate';

/** What the ledger says at the end. */
export type Verdict = { lost: number };

/** One member's view of one room, by the sequence numbers of its messages. */
export interface RoomLedger {
  /** Up to where this member has everything that was told; null before the first join. */
  readonly position: string | null;
  readonly lastSeq: number;
  /** Whether nothing is missing up to `seq`. */
  hasAll(seq: number): boolean;
  /**
   * Takes the answer of a join. `history` says that pages after `position` must be read until `joined.seq`;
   * `cut` that the server could not prove the history, which it must say rather than lose silently.
   */
  joined(joined: Joined, heard: (message: Message) => void): 'live' | 'history' | 'cut';
  /** Takes a page that was asked for; answers whether there is more to ask for. */
  page(page: Page, heard: (message: Message) => void): boolean;
  message(message: Message): Entry;
  /** The server begins again at `seq`: what is missing before is told, not lost. */
  resync(seq: number, position: string): void;
  /** One's own message is on its way; then it was acknowledged under this number. */
  sending(clientMsgId: string): void;
  acknowledged(clientMsgId: string, seq: number): void;
  /** `truth` is the number of the room's newest message. */
  verdict(truth: number): Verdict;
}

/** A ledger without an entry. */
export function createRoomLedger(): RoomLedger {
  const holes = new Set<number>();
  /** Own messages until they are both acknowledged and heard; either may come first. */
  const own = new Map<string, { seq: number | null; isHeard: boolean }>();
  let lastSeq = 0;
  let position: string | null = null;
  let pagesUntil = 0;

  const settle = (clientMsgId: string, message: { seq: number | null; isHeard: boolean }) => {
    if (message.isHeard && message.seq !== null) own.delete(clientMsgId);
    else own.set(clientMsgId, message);
  };
  const note = (message: Message): Entry => {
    const { seq, clientMsgId } = message;
    const mine = clientMsgId === undefined ? undefined : own.get(clientMsgId);
    if (mine !== undefined && clientMsgId !== undefined) settle(clientMsgId, { ...mine, isHeard: true });
    if (seq > lastSeq) {
      for (let missing = lastSeq + 1; missing < seq; missing += 1) holes.add(missing);
      lastSeq = seq;
      position = message.id;
      return 'next';
    }
    return holes.delete(seq) ? 'late' : 'duplicate';
  };
  const begin = (seq: number, at: string) => {
    holes.clear();
    own.clear();
    lastSeq = seq;
    position = at;
  };

  return {
    get position() {
      return position;
    },
    get lastSeq() {
      return lastSeq;
    },
    hasAll: (seq) => lastSeq >= seq && holes.size === 0,
    joined(joined, heard) {
      if (position === null || joined.recovered !== true) {
        const outcome = position === null ? 'live' : 'cut';
        begin(joined.seq, joined.position);
        return outcome;
      }
      for (const message of joined.missed) heard(message);
      pagesUntil = joined.seq;
      return joined.more ? 'history' : 'live';
    },
    page({ messages, recovered }, heard) {
      for (const message of messages) if (message.seq <= pagesUntil) heard(message);
      return recovered === true && messages.length > 0 && lastSeq < pagesUntil;
    },
    message: note,
    resync: begin,
    sending: (clientMsgId) => void own.set(clientMsgId, { seq: null, isHeard: false }),
    acknowledged(clientMsgId, seq) {
      const mine = own.get(clientMsgId);
      if (mine !== undefined) settle(clientMsgId, { ...mine, seq });
    },
    verdict(truth) {
      const unheard = [...own.values()].flatMap(({ seq, isHeard }) => (seq === null || isHeard ? [] : [seq]));
      const newest = Math.max(truth, ...unheard);
      // acknowledged, and yet somebody else's message came under its number
      const wrong = unheard.filter((seq) => seq <= lastSeq && !holes.has(seq)).length;
      return { lost: holes.size + Math.max(0, newest - lastSeq) + wrong };
    },
  };
}
