/** A real Redis whose time a test turns: the scripts of the product run as they are, but ask a key what time it is. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { PlainCommand, RedisCommands } from '../../../src/store/redis-commands.ts';
import type { Script } from '../../../src/store/script.ts';
import { commandsOn } from '../session-stores.ts';

/** A change of one script's text that makes a bug of it; the text must be there. */
export type Plant = { script: string; from: string; to: string };

/** One Redis for one run. */
export interface VirtualRedis {
  readonly commands: RedisCommands;
  nowMs(): number;
  /** Time passes: keys that would have expired are gone. */
  advance(ms: number): Promise<void>;
  /** What a room was told, oldest first. */
  told(roomId: string): Promise<Record<string, unknown>[]>;
}

const START_MS = 1_800_000_000_000;
const CLOCK = 'virtual:now';
const VIRTUAL_TIME = `
local function virtual_time()
  local now = redis.call('INCRBY', '${CLOCK}', 7)
  local seconds = math.floor(now / 1000000)
  return { string.format('%d', seconds), string.format('%d', now - seconds * 1000000) }
end
`;
const ADVANCE = `
redis.call('INCRBY', '${CLOCK}', ARGV[1] * 1000)
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
end
`;

/** Empties the server. Publications become entries of a list under the name of the channel, so that none is late. */
export async function openVirtualRedis(redis: Redis, plants: readonly Plant[]): Promise<VirtualRedis> {
  await redis.flushall();
  await redis.set(CLOCK, String(START_MS * 1000));
  const real = commandsOn(redis);
  const patched = new Map<string, Script>();
  let passedMs = 0;

  function patch(script: Script): Script {
    let source = VIRTUAL_TIME + script.source.replaceAll("redis.call('TIME')", 'virtual_time()');
    for (const { from, to } of plants.filter((plant) => plant.script === script.name)) {
      if (!source.includes(from)) throw new Error(`${script.name} does not hold: ${from}`);
      source = source.replace(from, to);
    }
    return { name: script.name, source, sha: createHash('sha1').update(source).digest('hex') };
  }

  function nowMs(): number {
    return START_MS + passedMs;
  }

  return {
    nowMs,
    commands: {
      ...real,
      run(script, keys, args) {
        const known = patched.get(script.name) ?? patch(script);
        patched.set(script.name, known);
        return real.run(
          known,
          keys,
          args.map((arg) => (arg === 'PUBLISH' ? 'RPUSH' : arg)),
        );
      },
      async pipeline(commands: readonly PlainCommand[]) {
        const answers = await real.pipeline(commands);
        const time = [String(Math.floor(nowMs() / 1000)), String((nowMs() % 1000) * 1000)];
        return answers.map((answer, i) => (commands[i]?.[0] === 'time' ? time : answer));
      },
    },
    async advance(ms) {
      passedMs += ms;
      await redis.eval(ADVANCE, 0, String(ms));
    },
    async told(roomId) {
      const texts = await redis.lrange(`chan:${roomId}`, 0, -1);
      return texts.map((text): Record<string, unknown> => JSON.parse(text));
    },
  };
}
