/** Membership and status of a room: made, joined, left, announced. Calls of one turn for one room travel as one script. */
import type { LeaveReason } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { RoomSnapshot, RoomStore, UserStamp } from '../service/ports.ts';
import { createBatcher } from './batch.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray } from './replies.ts';
import { commonArgs, type RoomStoreOptions, roomKeys, roomKeysAndChannel } from './room-context.ts';
import { parseSnapshot } from './room-replies.ts';
import { scanIds, scanSet } from './scan-ids.ts';
import { loadScript, type Script } from './script.ts';

type Member = { stamp: UserStamp; reason: LeaveReason | ''; invite: string };
type Members = Pick<RoomStore, 'create' | 'join' | 'leave' | 'remove' | 'announce' | 'snapshot' | 'walkMembers'>;

const CREATE = loadScript('room_create');
const JOIN = loadScript('room_join');
const LEAVE = loadScript('room_leave');
const REMOVE = loadScript('room_remove');
const ANNOUNCE = loadScript('room_announce');
const SNAPSHOT = loadScript('room_snapshot');

const JOIN_REFUSALS = ['stale', 'removed', 'absent'] as const;
const LEAVE_ANSWERS = ['left', 'not_member', 'stale', 'absent'] as const;
const REMOVE_ANSWERS = ['removed', 'kept_out', 'absent', 'forbidden', 'creator'] as const;
const ANNOUNCE_ANSWERS = ['changed', 'same', 'not_member', 'stale', 'absent'] as const;
type JoinAnswer = RoomSnapshot | (typeof JOIN_REFUSALS)[number];

/** Users per script: 500 in one would block Redis for 2.3 ms (delivery.md). */
const USERS_PER_SCRIPT = 100;

/** The part of the room store that knows who is in a room. */
export function createRoomMembers(commands: RedisCommands, options: RoomStoreOptions): Members {
  const { keys } = options;
  const run = (script: Script, roomId: string, members: readonly Member[]) =>
    commands.run(script, roomKeysAndChannel(keys, roomId), [
      ...commonArgs(options, roomId),
      ...members.flatMap(argsOf),
    ]);

  const join = createBatcher<Member, JoinAnswer>(USERS_PER_SCRIPT, async (roomId, members) => {
    const [answers, state] = asArray(await run(JOIN, roomId, members), 'join');
    if (answers === undefined) return members.map(() => 'absent' as const);
    const snapshot = state === undefined ? null : parseSnapshot(roomId, state);
    return asArray(answers, 'join').map((answer) =>
      answer === 'joined' && snapshot ? snapshot : oneOf(answer, JOIN_REFUSALS),
    );
  });
  const leave = createBatcher<Member, (typeof LEAVE_ANSWERS)[number]>(USERS_PER_SCRIPT, async (roomId, members) =>
    wordPerMember(await run(LEAVE, roomId, members), members, LEAVE_ANSWERS),
  );
  const announce = createBatcher<Member, (typeof ANNOUNCE_ANSWERS)[number]>(USERS_PER_SCRIPT, async (roomId, members) =>
    wordPerMember(await run(ANNOUNCE, roomId, members), members, ANNOUNCE_ANSWERS),
  );

  return {
    async create({ roomId, epoch, title, isPrivate, invite, creator, creatorSid }) {
      const who = [creator.userId, String(creator.revision), creator.status, creatorSid];
      const args = [epoch, Math.round(options.idleTtlMs), ...who, isPrivate ? '1' : '0', invite];
      const titled = title === null ? ['0', ''] : ['1', title];
      return oneOf(await commands.run(CREATE, roomKeys(keys, roomId), [...args, ...titled]), [
        'created',
        'exists',
      ] as const);
    },
    async join(roomId, stamp, invite) {
      const answer = await join(roomId, { stamp, reason: '', invite }, true);
      if (answer === 'removed') throw new ChatError('FORBIDDEN');
      return answer;
    },
    leave: (roomId, stamp, reason) => leave(roomId, { stamp, reason, invite: '' }),
    async remove(roomId, by, userId) {
      // The room decides by itself: what it has removed stays out, whatever revision the user is at.
      const stamp = { userId, revision: 0, timeMs: 0, status: 'offline' } as const;
      const target = argsOf({ stamp, reason: 'removed', invite: '' });
      const args = [...commonArgs(options, roomId), ...target, by.userId, by.sid];
      return oneOf(await commands.run(REMOVE, roomKeysAndChannel(keys, roomId), args), REMOVE_ANSWERS);
    },
    announce: (roomId, stamp) => announce(roomId, { stamp, reason: '', invite: '' }),
    async snapshot(roomId, viewer) {
      const where = [...roomKeys(keys, roomId).slice(0, 5), keys.removed(roomId)];
      return parseSnapshot(roomId, await commands.run(SNAPSHOT, where, viewer === undefined ? [] : [viewer]));
    },
    async *walkMembers() {
      for await (const roomIds of scanIds(commands, keys.members)) {
        for (const roomId of roomIds) {
          for await (const userIds of scanSet(commands, keys.members(roomId))) yield { roomId, userIds };
        }
      }
    },
  };
}

function argsOf({ stamp, reason, invite }: Member): (string | number)[] {
  const { userId, revision, timeMs, status } = stamp;
  return [userId, JSON.stringify(userId), String(revision), timeMs, status, reason, invite];
}

function oneOf<W extends string>(answer: unknown, words: readonly W[]): W {
  const word = words.find((candidate) => candidate === answer);
  if (word === undefined) throw new Error(`unexpected answer of a room script: ${String(answer)}`);
  return word;
}

function wordPerMember<W extends string>(reply: unknown, members: readonly Member[], words: readonly W[]): W[] {
  const answers = asArray(reply, 'room script');
  return members.map((_, i) => oneOf(answers.length === 0 ? 'absent' : answers[i], words));
}
