/** Whose turn it is to walk over everything: of all nodes the one that comes first. */
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';

/** Answers true to one caller within `forMs`. */
export type TakeTurn = (walk: string, forMs: number) => Promise<boolean>;

/** Turns that are kept by a key with a lifetime: nobody has to give one back. */
export function createWalkTurns(commands: RedisCommands, keys: Pick<Keys, 'presenceWalk'>): TakeTurn {
  return async (walk, forMs) => {
    const [answer] = await commands.pipeline([['set', keys.presenceWalk(walk), '1', 'PX', Math.ceil(forMs), 'NX']]);
    return answer === 'OK';
  };
}
