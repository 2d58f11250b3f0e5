/** The contract of RoomStore, kept by the memory store and by the scripts on a real Redis alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomSnapshot, RoomStore } from '../../src/service/ports.ts';
import { makeRoom, ROOM_STORES, type RoomsUnderTest, stampOf } from '../support/room-stores.ts';

describe.each(Object.entries(ROOM_STORES))('rooms in %s', (_name, open) => {
  let under: RoomsUnderTest;
  let rooms: RoomStore;
  beforeAll(async () => {
    under = await open();
    rooms = under.rooms;
  });
  afterAll(() => under.close());

  const send = (roomId: string, text: string, ...[clientMsgId, since]: (string | undefined)[]) =>
    rooms.append({ roomId, userId: 'host', text, clientMsgId, since });
  const code = (expected: string) => expect.objectContaining({ code: expected });
  async function joined(roomId: string, userId: string, revision = 10): Promise<RoomSnapshot> {
    const answer = await rooms.join(roomId, stampOf(userId, revision), '');
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  }

  describe('messages', () => {
    it('get the next seq, a position that ends in it, and are published as they are stored', async () => {
      const roomId = await makeRoom(rooms);
      const first = await send(roomId, '안녕 👋 "quoted" \\ back', 'm1');
      const second = await send(roomId, 'two');
      expect([first.seq, second.seq, first.duplicate]).toEqual([1, 2, false]);
      expect(first.id).toMatch(/^epoch001\.[0-9a-f]{8}-1$/);
      expect(first.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Math.abs(Date.parse(first.timestamp) - Date.now())).toBeLessThan(60_000);
      const stored = { type: 'msg', roomId, seq: 1, id: first.id, from: 'host', timestamp: first.timestamp };
      expect(await under.published(roomId)).toEqual([
        { ...stored, text: '안녕 👋 "quoted" \\ back', clientMsgId: 'm1' },
        { ...stored, seq: 2, id: second.id, text: 'two', timestamp: second.timestamp },
      ]);
      const log = await rooms.range(roomId, 1, 10);
      expect(log.map(({ seq, data }) => [seq, JSON.parse(data).text])).toEqual([
        [1, '안녕 👋 "quoted" \\ back'],
        [2, 'two'],
      ]);
    });

    it('sent again with their clientMsgId are answered as the first time, and nothing is stored', async () => {
      const roomId = await makeRoom(rooms);
      const first = await send(roomId, 'once', 'm1');
      expect(await send(roomId, 'once', 'm1')).toEqual({ ...first, duplicate: true });
      expect(await rooms.range(roomId, 1, 10)).toHaveLength(1);
      expect(await under.published(roomId)).toHaveLength(1);
    });

    it('sent again by somebody who has left meanwhile are still answered', async () => {
      const roomId = await makeRoom(rooms);
      const first = await send(roomId, 'once', 'm1');
      await rooms.leave(roomId, stampOf('host', 20), 'left');
      expect(await send(roomId, 'once', 'm1')).toEqual({ ...first, duplicate: true });
      await expect(send(roomId, 'more', 'm2')).rejects.toEqual(code('NOT_A_MEMBER'));
    });

    it('with a clientMsgId of another text are refused', async () => {
      const roomId = await makeRoom(rooms);
      await send(roomId, 'one', 'm1');
      await expect(send(roomId, 'two', 'm1')).rejects.toEqual(code('CLIENT_MSG_ID_REUSED'));
    });

    it('of two users may share a clientMsgId', async () => {
      const roomId = await makeRoom(rooms);
      await joined(roomId, 'guest');
      await send(roomId, 'one', 'm1');
      const other = await rooms.append({ roomId, userId: 'guest', text: 'two', clientMsgId: 'm1' });
      expect(other).toMatchObject({ seq: 2, duplicate: false });
    });

    it('are refused without a room or a membership', async () => {
      const roomId = await makeRoom(rooms);
      await expect(send('nowhere1', 'x')).rejects.toEqual(code('ROOM_NOT_FOUND'));
      await expect(rooms.append({ roomId, userId: 'stranger', text: 'x' })).rejects.toEqual(code('NOT_A_MEMBER'));
      expect(await under.published(roomId)).toEqual([]);
    });

    it('first tried so long ago that a repeat may be forgotten are refused rather than doubled', async () => {
      const roomId = await makeRoom(rooms);
      const start = (await joined(roomId, 'guest')).gens[0]?.gen ?? '';
      const at = (seq: number) => `epoch001.${start}-${seq}`;
      for (let i = 0; i < 2_100; i++) await send(roomId, `t${i}`, `m${i}`);
      await expect(send(roomId, 'old', 'unknown', at(0))).rejects.toEqual(code('RETRY_TOO_OLD'));
      await expect(send(roomId, 'foreign', 'unknown', 'otherone.00000000-2099')).rejects.toEqual(code('RETRY_TOO_OLD'));
      await expect(send(roomId, 'garbage', 'unknown', 'x')).rejects.toEqual(code('RETRY_TOO_OLD'));
      expect(await send(roomId, 't1500', 'm1500', at(0))).toMatchObject({ seq: 1_501, duplicate: true });
      expect(await send(roomId, 'fresh', 'fresh', at(2_099))).toMatchObject({ seq: 2_101, duplicate: false });
      expect(await send(roomId, 'beyond', 'beyond', at(99_999))).toMatchObject({ seq: 2_102, duplicate: false });
    });

    it('stay in the log up to 1 000', async () => {
      const roomId = await makeRoom(rooms);
      for (let i = 0; i < 1_010; i++) await send(roomId, 'x');
      const log = await rooms.range(roomId, 1, 300);
      expect(log[0]?.seq).toBe(11);
      expect((await rooms.snapshot(roomId))?.firstSeq).toBe(11);
    });

    it('stay in the log up to 2 MB', async () => {
      const roomId = await makeRoom(rooms);
      for (let i = 0; i < 200; i++) await send(roomId, '가'.repeat(4_000));
      const log = await rooms.range(roomId, 1, 300);
      const bytes = log.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
      expect(bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
      expect(bytes).toBeGreaterThan(2 * 1024 * 1024 - 20_000);
      expect(log.at(-1)?.seq).toBe(200);
    });
  });

  describe('members', () => {
    it('are announced once, however often they join', async () => {
      const roomId = await makeRoom(rooms);
      expect(await joined(roomId, 'guest')).toMatchObject({
        rev: 2,
        members: ['guest', 'host'],
        online: ['guest', 'host'],
      });
      expect(await joined(roomId, 'guest', 11)).toMatchObject({ rev: 2 });
      const events = await under.published(roomId);
      expect(events).toEqual([
        { type: 'joined', userId: 'guest', roomId, rev: 2, at: expect.stringMatching(/^epoch001\.[0-9a-f]{8}-0$/) },
      ]);
    });

    it('of a large room are not listed by a join: from 201 on only what the room is', async () => {
      const roomId = await makeRoom(rooms, { title: 'hall' });
      const answers = await Promise.all(Array.from({ length: 199 }, (_, i) => joined(roomId, `m${i}`)));
      expect(answers[0]).toMatchObject({ title: 'hall', members: expect.arrayContaining(['host', 'm0']) });
      expect(answers[0]).not.toHaveProperty('isBrief');
      const last = await joined(roomId, 'm199');
      expect(last).toMatchObject({ isBrief: true, title: 'hall', rev: 201, members: [], online: [], reads: {} });
      expect((await rooms.snapshot(roomId))?.members).toHaveLength(201);
    });

    it('leave once, and a join that was overtaken by the leave is refused', async () => {
      const roomId = await makeRoom(rooms);
      await joined(roomId, 'guest', 10);
      expect(await rooms.leave(roomId, stampOf('guest', 12), 'left')).toBe('left');
      expect(await rooms.leave(roomId, stampOf('guest', 13), 'left')).toBe('not_member');
      expect(await rooms.join(roomId, stampOf('guest', 11), '')).toBe('stale');
      expect((await rooms.snapshot(roomId))?.members).toEqual(['host']);
      expect(await joined(roomId, 'guest', 14)).toMatchObject({ members: ['guest', 'host'] });
      expect((await under.published(roomId)).map(({ type, rev }) => [type, rev])).toEqual([
        ['joined', 2],
        ['left', 3],
        ['joined', 4],
      ]);
    });

    it('with a stamp older than 5 s are refused', async () => {
      const roomId = await makeRoom(rooms);
      const old = { ...stampOf('guest', 10), timeMs: Date.now() - 6_000 };
      expect(await rooms.join(roomId, old, '')).toBe('stale');
    });

    it('that change status are told of only if it differs, and only by a newer revision', async () => {
      const roomId = await makeRoom(rooms);
      await joined(roomId, 'guest', 10);
      expect(await rooms.announce(roomId, stampOf('guest', 11, 'offline'))).toBe('changed');
      expect(await rooms.announce(roomId, stampOf('guest', 11, 'offline'))).toBe('same');
      expect(await rooms.announce(roomId, stampOf('guest', 11, 'online'))).toBe('same');
      expect(await rooms.announce(roomId, stampOf('guest', 9, 'online'))).toBe('stale');
      expect(await rooms.announce(roomId, stampOf('stranger', 9))).toBe('not_member');
      expect(await rooms.snapshot(roomId)).toMatchObject({ online: ['host'], rev: 3 });
      expect((await under.published(roomId)).at(-1)).toMatchObject({ type: 'presence', status: 'offline', rev: 3 });
    });

    it('of all rooms are found by a walk', async () => {
      const roomId = await makeRoom(rooms);
      await joined(roomId, 'guest');
      const found = new Set<string>();
      for await (const portion of rooms.walkMembers()) {
        if (portion.roomId === roomId) for (const userId of portion.userIds) found.add(userId);
      }
      expect([...found].sort()).toEqual(['guest', 'host']);
    });

    it('stand in code-point order', async () => {
      const roomId = await makeRoom(rooms);
      for (const [i, name] of ['홍길동', 'zoe', '𐐀deseret', 'Anna', 'ﬀ'].entries()) await joined(roomId, name, 10 + i);
      const snapshot = await rooms.snapshot(roomId);
      expect(snapshot?.members).toEqual(['Anna', 'host', 'zoe', '홍길동', 'ﬀ', '𐐀deseret']);
    });

    it('of a private room need its invite, once', async () => {
      const roomId = await makeRoom(rooms, { isPrivate: true });
      expect(await rooms.join(roomId, stampOf('guest', 10), '')).toBe('absent');
      expect(await rooms.join(roomId, stampOf('guest', 10), 'wrong')).toBe('absent');
      expect(await rooms.join(roomId, stampOf('guest', 10), 'secret')).toMatchObject({ isPrivate: true });
      expect(await rooms.join(roomId, stampOf('guest', 11), '')).toMatchObject({ members: ['guest', 'host'] });
    });
  });

  describe('pages', () => {
    async function filled(count: number) {
      const roomId = await makeRoom(rooms);
      const ids: string[] = [];
      for (let i = 0; i < count; i++) ids.push((await send(roomId, `t${i + 1}`)).id);
      const page = async (query: { before?: string; after?: string; limit?: number }) => {
        const { limit = 3, ...range } = query;
        const { messages, ...rest } = await rooms.page({ roomId, userId: 'host', limit, ...range });
        return { seqs: messages.map(({ seq }) => seq), ...rest };
      };
      return { roomId, page, id: (seq: number) => ids[seq - 1] ?? '' };
    }

    it('begin at the newest and go back by `before`', async () => {
      const { page, id } = await filled(7);
      expect(await page({})).toEqual({ seqs: [5, 6, 7], hasMore: true });
      expect(await page({ before: id(5) })).toEqual({ seqs: [2, 3, 4], hasMore: true });
      expect(await page({ before: id(2) })).toEqual({ seqs: [1], hasMore: false });
      expect(await page({ before: id(1) })).toEqual({ seqs: [], hasMore: false });
    });

    it('go on by `after` with proof', async () => {
      const { page, id } = await filled(7);
      expect(await page({ after: id(2) })).toEqual({ seqs: [3, 4, 5], hasMore: true, recovered: true });
      expect(await page({ after: id(5) })).toEqual({ seqs: [6, 7], hasMore: false, recovered: true });
      expect(await page({ after: id(7) })).toEqual({ seqs: [], hasMore: false, recovered: true });
    });

    it('answer `recovered: false` and nothing else where the position proves nothing', async () => {
      const { page, id } = await filled(2);
      const lost = { seqs: [], hasMore: false, recovered: false };
      expect(await page({ after: 'garbage' })).toEqual(lost);
      expect(await page({ after: id(2).replace('epoch001', 'epoch002') })).toEqual(lost);
      expect(await page({ after: id(2).replace(/-2$/, '-9') })).toEqual(lost);
      expect(await page({ after: id(2).replace(/\.[0-9a-f]{8}-/, '.ffffffff-') })).toEqual(lost);
    });

    it('are for members only', async () => {
      const { roomId } = await filled(1);
      await expect(rooms.page({ roomId, userId: 'x', limit: 1 })).rejects.toEqual(code('NOT_A_MEMBER'));
      await expect(rooms.page({ roomId: 'nowhere1', userId: 'x', limit: 1 })).rejects.toEqual(code('ROOM_NOT_FOUND'));
      await expect(rooms.page({ roomId, userId: 'host', limit: 1, before: 'garbage' })).rejects.toEqual(
        code('VALIDATION_FAILED'),
      );
    });
  });

  it('read marks never go back nor beyond the room', async () => {
    const roomId = await makeRoom(rooms);
    await send(roomId, 'one');
    await send(roomId, 'two');
    expect(await rooms.markRead(roomId, 'host', 1)).toBe(1);
    expect(await rooms.markRead(roomId, 'host', 99)).toBe(2);
    expect(await rooms.markRead(roomId, 'host', 1)).toBe(2);
    expect((await under.published(roomId)).slice(2)).toEqual([
      { type: 'reads', roomId, positions: { host: 1 } },
      { type: 'reads', roomId, positions: { host: 2 } },
    ]);
    expect(await rooms.overview(roomId, 'host')).toEqual({ title: null, seq: 2, readSeq: 2, memberCount: 1 });
    expect(await rooms.overview(roomId, 'stranger')).toBeNull();
  });

  it('private rooms are not there for whoever is no member', async () => {
    const roomId = await makeRoom(rooms, { isPrivate: true });
    const gone = code('ROOM_NOT_FOUND');
    await expect(rooms.append({ roomId, userId: 'x', text: 'hi', clientMsgId: 'm1' })).rejects.toEqual(gone);
    await expect(rooms.page({ roomId, userId: 'x', limit: 1 })).rejects.toEqual(gone);
    await expect(rooms.markRead(roomId, 'x', 1)).rejects.toEqual(gone);
    await expect(rooms.signal(roomId, 'x')).rejects.toEqual(gone);
    expect(await rooms.leave(roomId, stampOf('x', 10), 'left')).toBe('absent');
    expect(await rooms.overview(roomId, 'x')).toBeNull();
    expect(await rooms.snapshot(roomId, 'x')).toBeNull();
    expect(await rooms.snapshot(roomId, '')).toBeNull();
    expect(await rooms.snapshot(roomId, 'host')).toMatchObject({ members: ['host'] });
    expect(await under.published(roomId)).toEqual([]);
  });

  it('rooms that are open say that a stranger is no member', async () => {
    const roomId = await makeRoom(rooms);
    await expect(rooms.markRead(roomId, 'x', 1)).rejects.toEqual(code('NOT_A_MEMBER'));
    await expect(rooms.signal(roomId, 'x')).rejects.toEqual(code('NOT_A_MEMBER'));
    expect(await rooms.snapshot(roomId, '')).toMatchObject({ members: ['host'] });
    expect(await rooms.leave(roomId, stampOf('x', 10), 'left')).toBe('not_member');
  });

  it('rooms that are not there are absent to everyone', async () => {
    expect(await rooms.join('nowhere1', stampOf('a', 1), '')).toBe('absent');
    expect(await rooms.leave('nowhere1', stampOf('a', 1), 'left')).toBe('absent');
    expect(await rooms.announce('nowhere1', stampOf('a', 1))).toBe('absent');
    expect(await rooms.snapshot('nowhere1')).toBeNull();
    expect(await rooms.marks(['nowhere1'])).toEqual([null]);
    await expect(rooms.signal('nowhere1', 'a')).rejects.toEqual(code('ROOM_NOT_FOUND'));
  });
});
