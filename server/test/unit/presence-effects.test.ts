/** What is pending reaches the rooms, and is settled only when it did. */
import { describe, expect, it } from 'vitest';
import { createEffects } from '../../src/presence/effects.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import type { PendingEffect, RoomStore } from '../../src/service/ports.ts';

type Answers = { leave?: Awaited<ReturnType<RoomStore['leave']>>; announce?: Record<string, string> };

const stamp = (userId: string, revision: number) => ({ userId, revision, timeMs: 0, status: 'online' as const });
const change = (userId: string, roomId: string, revision = 1): PendingEffect => ({
  roomId,
  stamp: stamp(userId, revision),
  leave: null,
});
const leave = (userId: string, roomId: string): PendingEffect => ({ roomId, stamp: stamp(userId, 1), leave: 'left' });

/** Effects on rooms that answer as told; `log` shows every call in order. */
function createSubject({ leave: leaveAnswer = 'left', announce = {} }: Answers = {}) {
  const log: string[] = [];
  const reported: string[] = [];
  const effects = createEffects({
    rooms: {
      async leave(roomId, { userId }) {
        log.push(`leave ${userId} ${roomId}`);
        if (roomId === 'broken') throw new ChatError('SERVICE_UNAVAILABLE');
        return leaveAnswer;
      },
      async announce(roomId, { userId }) {
        log.push(`announce ${userId} ${roomId}`);
        if (roomId === 'broken') throw new ChatError('SERVICE_UNAVAILABLE');
        const answer = announce[roomId] ?? 'changed';
        if (answer === 'absent' || answer === 'not_member' || answer === 'stale') return answer;
        return 'changed';
      },
    },
    sessions: {
      async settle({ roomId, stamp: { userId }, leave: reason }, isUnsure = false) {
        log.push(`settle ${userId} ${reason === null ? 'presence' : roomId}${isUnsure ? ' unsure' : ''}`);
      },
      async forget(userId, roomId, isUnsure = false) {
        log.push(`forget ${userId} ${roomId}${isUnsure ? ' unsure' : ''}`);
      },
    },
    failures: { report: (stage) => void reported.push(stage) },
  });
  return { effects, log, reported };
}

describe('effects', () => {
  it('settle a change of presence once, after every room was told', async () => {
    const { effects, log } = createSubject();
    await effects.apply([change('user1', 'r1'), change('user1', 'r2')]);
    expect(log).toEqual(['announce user1 r1', 'announce user1 r2', 'settle user1 presence']);
  });

  it('settle changes of different revisions apart', async () => {
    const { effects, log } = createSubject();
    await effects.apply([change('user1', 'r1', 1), change('user1', 'r1', 2)]);
    expect(log.filter((line) => line.startsWith('settle'))).toHaveLength(2);
  });

  it.each(['left', 'not_member', 'stale', 'absent'] as const)('settle a leave that is answered %s', async (answer) => {
    const { effects, log } = createSubject({ leave: answer });
    await effects.apply([leave('user1', 'r1')]);
    expect(log).toEqual(['leave user1 r1', 'settle user1 r1']);
  });

  it('forget a room that is gone, and stay unsure about the change', async () => {
    const { effects, log } = createSubject({ announce: { r2: 'absent' } });
    await effects.apply([change('user1', 'r1'), change('user1', 'r2')]);
    expect(log.slice(2)).toEqual(['forget user1 r2 unsure', 'settle user1 presence unsure']);
  });

  it('stay unsure where a room does not know the member, but not where it knows something newer', async () => {
    const { effects, log } = createSubject({ announce: { r1: 'not_member', r2: 'stale' } });
    await effects.apply([change('user1', 'r1'), change('user2', 'r2')]);
    expect(log).toContain('settle user1 presence unsure');
    expect(log).toContain('settle user2 presence');
  });

  it('report what failed, leave it pending, and go on with the others', async () => {
    const { effects, log, reported } = createSubject();
    const { failed } = await effects.apply([
      change('user1', 'r1'),
      change('user1', 'broken'),
      leave('user2', 'broken'),
      leave('user3', 'r1'),
    ]);
    expect([...failed].sort()).toEqual(['user1', 'user2']);
    expect(log.filter((line) => line.startsWith('settle'))).toEqual(['settle user3 r1']);
    expect(reported).toEqual(['presence.effects', 'presence.effects']);
  });

  it('carry thousands without losing one', async () => {
    const { effects, log } = createSubject();
    await effects.apply(Array.from({ length: 3_000 }, (_, i) => change(`user${i % 1_000}`, `r${i}`)));
    expect(log.filter((line) => line.startsWith('announce'))).toHaveLength(3_000);
    expect(new Set(log.filter((line) => line.startsWith('settle'))).size).toBe(1_000);
  });
});
