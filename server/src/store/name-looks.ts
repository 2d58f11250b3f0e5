/** Which name stands for all that look like it: `name:{look}` holds the user id of the one that is leased. */
import type { Keys } from './keys.ts';
import { lookOf } from './look-of.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asText } from './replies.ts';
import { loadScript } from './script.ts';

/** The looks of names. */
export interface NameLooks {
  /**
   * Takes the look of a name that was just leased, or keeps it; false where a live session holds another name that
   * looks the same. Lease first, then hold: of two look-alikes that come at once at most one keeps its lease.
   */
  hold(userId: string): Promise<boolean>;
}

/** `ttlMs`: no session lives longer without `hold`. */
export type NameLooksDeps = { commands: RedisCommands; keys: Keys; ttlMs: number };

/** The holder may change between the question whether it lives and our taking over. */
const TRIES = 3;

/** Looks in Redis. */
export function createNameLooks({ commands, keys, ttlMs }: NameLooksDeps): NameLooks {
  const script = loadScript('name_hold');

  async function isLive(userId: string): Promise<boolean> {
    const [found] = await commands.pipeline([['exists', keys.session(userId)]]);
    return found === 1;
  }

  /** Answers who holds the look now: `userId` where it was free, its own or that of `gone`. */
  async function take(look: string, userId: string, gone: string): Promise<string> {
    return asText(await commands.run(script, [keys.look(look)], [userId, Math.ceil(ttlMs), gone]), 'name_hold');
  }

  return {
    async hold(userId) {
      const look = lookOf(userId);
      // A name of nothing that can be seen looks like every other of its kind.
      if (look === '') return false;
      let gone = '';
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const holder = await take(look, userId, gone);
        if (holder === userId) {
          if (gone === '' || !(await isLive(gone))) return true;
          // It came back before we took the look, and may have been told that it still has it.
          await take(look, gone, userId);
          return false;
        }
        if (await isLive(holder)) return false;
        gone = holder;
      }
      return false;
    },
  };
}
