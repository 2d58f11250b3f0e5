/** What people do in a model run: each request goes its own way, and the truth hears how it ended, or that its node died. */
import { ChatError } from '../../../src/service/chat-error.ts';
import { joinRoom } from '../../../src/service/join-room.ts';
import { leaveRoom } from '../../../src/service/leave-room.ts';
import type { Identity, OpenConnection } from '../../../src/service/ports.ts';
import type { ModelNode } from './model-node.ts';
import type { Membership, UserTruth } from './truth.ts';

/** One user: what is true, and the session whose token the browser holds. */
export type Person = { truth: UserTruth; identity: Identity | null; sessions: number };
/** One connection that was opened and not closed. */
export type Tab = { id: string; person: Person; node: ModelNode; connection: OpenConnection };
type Asked = { node: ModelNode; answer(outcome: Membership | 'same'): void };

/** `fail` hears of what must not happen at all. */
export type PeopleDeps = { nowMs(): number; fail(error: unknown): void };

const FAR_MS = 10_000_000_000;
const CLAIMS = 5;

/** Everybody's doings. */
export class People {
  readonly tabs: Tab[] = [];
  readonly #asked = new Set<Asked>();
  readonly #deps: PeopleDeps;
  #tabCount = 0;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** A new tab; without a session the name is claimed first. */
  open(person: Person, node: ModelNode): void {
    const id = `c${++this.#tabCount}`;
    this.#run(async () => {
      const identity = person.identity ?? (await this.#claim(person, node));
      if (!identity) return;
      const connection = await node.open(identity, id, () => this.#gone(id));
      this.tabs.push({ id, person, node, connection });
      person.truth.opened(id, this.#deps.nowMs());
    }, person);
  }

  close(tab: Tab): void {
    this.#gone(tab.id);
    this.#run(() => tab.node.close(tab.connection), tab.person);
  }

  join({ node, person, connection }: Tab, roomId: string): void {
    const answer = this.#ask(person, { node, roomId });
    this.#run(async () => {
      try {
        await joinRoom(node, connection, { roomId, invite: '' });
        answer('in');
      } catch (error) {
        answer(codeOf(error) === 'ROOM_NOT_FOUND' ? 'out' : 'maybe');
        throw error;
      }
    }, person);
  }

  leave({ node, person }: Tab, roomId: string): void {
    const answer = this.#ask(person, { node, roomId });
    this.#run(async () => {
      try {
        await leaveRoom(node, person.truth.userId, roomId);
        answer('out');
      } catch (error) {
        answer(codeOf(error) === 'ROOM_NOT_FOUND' ? 'out' : 'maybe');
        throw error;
      }
    }, person);
  }

  logOut(person: Person, node: ModelNode): void {
    const { identity } = person;
    if (!identity) return;
    const answer = this.#ask(person, { node, roomId: null });
    person.truth.uncover();
    this.#run(async () => {
      const { pending } = await node.sessions.end(identity);
      if (person.identity === identity) person.identity = null;
      // The control plane: every node ends the connections of the session.
      for (const tab of this.tabs.filter(({ connection }) => connection.sid === identity.sid)) this.close(tab);
      await node.effects.apply(pending);
      answer('out');
    }, person);
  }

  /** The node is dead, and with it its tabs; nobody knows how far its requests came. */
  nodeDied(node: ModelNode): void {
    for (const tab of this.tabs.filter((each) => each.node === node)) this.#gone(tab.id);
    for (const asked of [...this.#asked]) if (asked.node === node) asked.answer('maybe');
  }

  /** The name passes to a new session: whoever had it before is a member nowhere. */
  async #claim(person: Person, node: ModelNode): Promise<Identity | null> {
    const sid = `${person.truth.userId}-${++person.sessions}`;
    const answer = this.#ask(person, { node, roomId: null });
    for (let i = 0; i < CLAIMS; i++) {
      const claim = await node.sessions.claim(person.truth.userId, sid);
      if (claim.status === 'inherited') await node.effects.apply(claim.pending);
      if (claim.status === 'taken') break;
      if (claim.status !== 'claimed') continue;
      answer('out');
      person.truth.uncover();
      person.identity = { userId: person.truth.userId, sid, expiresAtMs: this.#deps.nowMs() + FAR_MS };
      return person.identity;
    }
    answer('same');
    return null;
  }

  #ask({ truth }: Person, { node, roomId }: { node: ModelNode; roomId: string | null }): Asked['answer'] {
    truth.sign(this.#deps.nowMs());
    const end = truth.request(roomId);
    const asked: Asked = {
      node,
      answer: (outcome) => {
        if (this.#asked.delete(asked)) end(outcome);
      },
    };
    this.#asked.add(asked);
    return asked.answer;
  }

  #gone(tabId: string): void {
    const index = this.tabs.findIndex(({ id }) => id === tabId);
    const [tab] = index < 0 ? [] : this.tabs.splice(index, 1);
    tab?.person.truth.closed(tabId, this.#deps.nowMs());
  }

  #run(act: () => Promise<void>, person: Person): void {
    const { identity } = person;
    act().catch((error: unknown) => {
      const code = codeOf(error);
      if (code === 'SESSION_EXPIRED' && person.identity === identity) person.identity = null;
      if (code === null) this.#deps.fail(error);
    });
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof ChatError ? error.code : null;
}
