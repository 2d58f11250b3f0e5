/** `presence:due:{shard}`: hints when to look at a user again. Written before what they stand for, so that no death loses a user. */
import type { DueHint } from '../service/ports.ts';
import { createBatcher } from './batch.ts';
import { DUE_SHARDS, dueShard, type Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asInteger, asPairs } from './replies.ts';
import { loadScript, type Script } from './script.ts';

/** Hints of users. */
export interface DueHints {
  /** The user is to be looked at in `delayMs` or sooner. `canWait` as in a batch. */
  write(userId: string, delayMs: number, canWait?: boolean): Promise<void>;
  /** Adds hints where there are none; answers how many. */
  restore(userIds: readonly string[]): Promise<number>;
  /** Takes hints that have passed, at most `limit`. */
  take(limit: number): Promise<DueHint[]>;
  /** Moves (0: removes) the hints taken that were not written since. */
  move(hints: readonly (DueHint & { nextMs: number })[]): Promise<void>;
}

/** `marginMs`: longer than the deadline of a command; also how long a hint that was taken is left to its taker. */
export type DueHintsDeps = { commands: RedisCommands; keys: Keys; oneServer: boolean; marginMs: number };

type Entry = { userId: string; args: readonly (string | number)[] };

const HINT = loadScript('due_hint');
const TAKE = loadScript('due_take');
const MOVE = loadScript('due_move');
const MOST_HINTS = 200;

/** On one server a script takes all shards; on a cluster it takes one. */
export function createDueHints({ commands, keys, oneServer, marginMs }: DueHintsDeps): DueHints {
  async function runGrouped(script: Script, head: readonly number[], entries: readonly Entry[]): Promise<number> {
    const groups = new Map<number, Entry[]>();
    for (const entry of entries) {
      const group = oneServer ? 0 : dueShard(entry.userId);
      groups.set(group, [...(groups.get(group) ?? []), entry]);
    }
    const answers = await Promise.all([...groups.values()].map((group) => runOne(script, head, group)));
    return answers.reduce<number>((sum, answer) => sum + (Number(answer) || 0), 0);
  }

  function runOne(script: Script, head: readonly number[], entries: readonly Entry[]): Promise<unknown> {
    const shards = [...new Set(entries.map(({ userId }) => dueShard(userId)))];
    const args = entries.flatMap(({ userId, args }) => [shards.indexOf(dueShard(userId)) + 1, userId, ...args]);
    return commands.run(
      script,
      shards.map((shard) => keys.due(shard)),
      [...head, ...args],
    );
  }

  const write = createBatcher<Entry, true>(MOST_HINTS, async (_, entries) => {
    await runGrouped(HINT, [marginMs], entries);
    return entries.map(() => true as const);
  });

  async function takeFrom(shards: readonly number[], limit: number): Promise<DueHint[]> {
    const names = shards.map((shard) => keys.due(shard));
    const taken = asPairs(await commands.run(TAKE, names, [limit, marginMs]), 'due_take');
    return taken.map(([userId, score]) => ({ userId, score: Number(score) }));
  }

  return {
    async write(userId, delayMs, canWait) {
      await write('', { userId, args: [Math.ceil(delayMs)] }, canWait);
    },
    async restore(userIds) {
      const entries = userIds.map((userId) => ({ userId, args: [''] }));
      return asInteger(await runGrouped(HINT, [marginMs], entries), 'due_hint');
    },
    async take(limit) {
      const shards = shuffled(Array.from({ length: DUE_SHARDS }, (_, shard) => shard));
      if (oneServer) return takeFrom(shards, limit);
      const perShard = Math.max(1, Math.floor(limit / DUE_SHARDS));
      return (await Promise.all(shards.map((shard) => takeFrom([shard], perShard)))).flat();
    },
    async move(hints) {
      const entries = hints.map(({ userId, score, nextMs }) => ({ userId, args: [score, Math.ceil(nextMs)] }));
      if (entries.length > 0) await runGrouped(MOVE, [], entries);
    },
  };
}

/** Nodes begin at different shards, so that they share the work. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
