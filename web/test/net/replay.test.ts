import type { Joined, Message } from '@c2c/server/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReadPage } from '../../src/net/decode.ts';
import { failure } from '../../src/net/failure.ts';
import { type PageQuery, Replay } from '../../src/net/replay.ts';
import { Timeline } from '../../src/net/timeline.ts';
import { ScriptedRoom } from './support/scripted-room.ts';

const ROOM = 'abc12345';

/**
 * What may happen to a client: the room goes on, live frames reach it or are lost with the connection, pages come late or
 * not at all, history is cut or lost. At the end it is connected and everything settles.
 */
const STEP = fc.oneof(
  { weight: 6, arbitrary: fc.constant('say' as const) },
  { weight: 2, arbitrary: fc.constant('cut' as const) },
  { weight: 2, arbitrary: fc.constant('join' as const) },
  { weight: 2, arbitrary: fc.constant('answer' as const) },
  { weight: 1, arbitrary: fc.constant('answer late' as const) },
  { weight: 1, arbitrary: fc.constant('fail page' as const) },
  { weight: 1, arbitrary: fc.constant('hand over' as const) },
  { weight: 1, arbitrary: fc.constant('trim' as const) },
  { weight: 1, arbitrary: fc.constant('lose tail' as const) },
  { weight: 1, arbitrary: fc.constant('double' as const) },
);
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly room = new ScriptedRoom(ROOM);
  readonly timeline = new Timeline();
  readonly seen: (Message | 'gap')[] = [];
  readonly replay: Replay;
  #waiting: { answer: () => void; answerLate: () => void; fail: () => void }[] = [];
  isConnected = false;
  #isFirst = true;

  constructor() {
    this.replay = new Replay(this.timeline, {
      page: (query) =>
        new Promise((resolve) => {
          const early = this.#read(query);
          this.#waiting.push({
            answerLate: () => resolve({ ok: true, data: early }),
            answer: () => resolve({ ok: true, data: this.#read(query) }),
            fail: () => resolve({ ok: false, error: failure('TIMEOUT') }),
          });
        }),
      pause: () => Promise.resolve(),
      deliver: (message) => void this.seen.push(message),
      gap: () => void this.seen.push('gap'),
      caughtUp: () => undefined,
      denied: () => undefined,
    });
  }

  async do(step: Step): Promise<void> {
    if (step === 'say') this.#say();
    else if (step === 'cut') this.#cut();
    else if (step === 'join') this.#join();
    else if (step === 'answer') this.#waiting.shift()?.answer();
    else if (step === 'answer late') this.#waiting.shift()?.answerLate();
    else if (step === 'hand over') this.#handOver();
    else if (step === 'fail page') this.#waiting.shift()?.fail();
    else if (step === 'trim') this.room.firstSeq = Math.max(this.room.firstSeq, this.room.seq - 2);
    else if (step === 'lose tail') this.#loseTail();
    else if (this.isConnected) this.#live(this.room.log.at(-1));
    for (let turn = 0; turn < 12; turn++) await Promise.resolve();
  }

  async settle(): Promise<void> {
    await this.do('join');
    while (this.#waiting.length > 0) await this.do('answer');
  }

  #read(query: PageQuery): ReadPage {
    const page = this.room.page({ ...query, limit: 2 });
    return { ...page, places: page.messages };
  }

  #say(): void {
    const { message } = this.room.append('user2', 'text');
    if (this.isConnected) this.#live(message);
  }

  #live(message: Message | undefined): void {
    if (message) this.replay.live({ seq: message.seq, id: message.id, message });
  }

  #cut(): void {
    this.isConnected = false;
    this.#waiting = [];
    this.replay.stop();
  }

  #join(): void {
    const joined = this.#joined();
    this.isConnected = true;
    if (this.#isFirst) this.seen.length = 0;
    this.#isFirst = false;
    this.replay.start(joined);
  }

  /** The old connection goes on while the new one joins, and the new one brings the same once more. */
  #handOver(): void {
    const joined = this.#joined();
    const before = this.room.seq;
    this.#say();
    this.#say();
    this.isConnected = true;
    this.replay.start(joined);
    for (const message of this.room.log.filter(({ seq }) => seq > before)) this.#live(message);
  }

  #joined(): Joined {
    const { room, replay } = this;
    const after = replay.position;
    const isGood = after !== undefined && room.isGood(after);
    const missed = isGood ? room.since(after) : [];
    return {
      ...{ roomId: ROOM, title: null, me: 'user1', members: [], online: [], memberCount: 0, onlineCount: 0, rev: 0 },
      ...{ reads: {}, seq: room.seq, position: room.position, missed: missed.slice(0, 3), more: missed.length > 3 },
      ...(after === undefined ? {} : { recovered: isGood }),
    };
  }

  #loseTail(): void {
    if (this.room.seq < 2 || this.room.firstSeq > this.room.seq - 1) return;
    this.room.loseTail(this.room.seq - 1);
    if (this.isConnected) this.replay.resync('history_lost', { seq: this.room.seq, position: this.room.position });
  }
}

test('whatever happens, each message comes once and in order, and what is missing was told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), async (steps) => {
      const world = new World();
      await world.do('join');
      for (const step of steps) await world.do(step);
      await world.settle();
      const ids = world.seen.filter((item) => item !== 'gap').map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expectOrder(world.seen);
      // In the end the timeline stands where the room stands, and holds nothing that the room does not.
      const log = new Set(world.room.log.map(({ id }) => id));
      const newest = world.room.log.at(-1);
      if (newest && world.seen.length > 0) expect(world.timeline.messages.at(-1)?.id ?? newest.id).toBe(newest.id);
      expect(world.timeline.messages.filter(({ id }) => !log.has(id))).toEqual([]);
      expect(world.replay.position).toBe(world.room.position);
    }),
    { numRuns: 10_000 },
  );
});

/** Seqs follow each other without a hole unless a gap was told between them. */
function expectOrder(seen: readonly (Message | 'gap')[]): void {
  for (const [index, item] of seen.entries()) {
    const before = seen[index - 1];
    if (item === 'gap' || before === undefined || before === 'gap') continue;
    const hadGap = seen.slice(0, index).includes('gap');
    if (hadGap) expect(item.seq).toBeGreaterThan(before.seq);
    else expect(item.seq).toBe(before.seq + 1);
  }
}

test('a timeline holds each seq once and ascending, whichever way messages come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 }), (seqs) => {
      const room = new ScriptedRoom(ROOM);
      for (let i = 0; i < 40; i++) room.append('user2', String(i));
      const timeline = new Timeline();
      const added = seqs.map((seq) => room.log[seq - 1]).filter((m) => m !== undefined && timeline.add(m));
      const expected = [...new Set(seqs)].sort((a, b) => a - b);
      expect(timeline.messages.map(({ seq }) => seq)).toEqual(expected);
      expect(added).toHaveLength(expected.length);
    }),
  );
});

test('a timeline names its gaps and lets the oldest go beyond its bound', () => {
  const room = new ScriptedRoom(ROOM);
  for (let i = 0; i < 100; i++) room.append('user2', String(i));
  const timeline = new Timeline(8);
  for (const message of room.log.filter(({ seq }) => seq !== 97)) timeline.add(message);
  expect(timeline.gaps()).toEqual([{ afterSeq: 96, beforeSeq: 98 }]);
  expect(timeline.messages.length).toBeLessThanOrEqual(9);
  expect(timeline.messages.at(-1)?.seq).toBe(100);
});

test('another id at a held seq replaces it and what followed', () => {
  const timeline = new Timeline();
  const room = new ScriptedRoom(ROOM);
  for (let i = 0; i < 3; i++) timeline.add(room.append('user2', String(i)).message);
  room.loseTail(1);
  expect(timeline.add(room.append('user2', 'other').message)).toBe(true);
  expect(timeline.messages.map(({ text }) => text)).toEqual(['0', 'other']);
});
