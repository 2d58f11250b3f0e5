/** Runs user scripts: calls of one turn, in a storm of one moment, travel as one script of up to 35 users, on a cluster as one script for each user. */
import { createBatcher } from './batch.ts';
import type { Keys } from './keys.ts';
import type { AbsenceGuard } from './redis-absence.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray } from './replies.ts';
import { loadScript, type Script } from './script.ts';
import { parseUserReply, type UserReply } from './user-replies.ts';

const NAMES = [
  'user_claim',
  'user_close',
  'user_disown',
  'user_end',
  'user_enter',
  'user_exit',
  'user_forget',
  'user_lapse',
  'user_open',
  'user_renew',
  'user_settle',
  'user_touch',
  'user_withdraw',
] as const;
/** The scripts on the keys of users, named as their files. */
export type UserScriptName = (typeof NAMES)[number];

/** Those that decide about a session which somebody else may still hold. */
const DECIDING: ReadonlySet<string> = new Set<UserScriptName>([
  'user_claim',
  'user_disown',
  'user_lapse',
  'user_open',
  'user_renew',
  'user_touch',
]);

/** Those of which a storm of clients that come back brings many, and whose askers can wait for each other. */
const STORMING: ReadonlySet<string> = new Set<UserScriptName>(['user_open', 'user_enter']);

/** What user scripts need. `oneServer`: keys of many users may stand in one script. Lifetimes in ms. */
export type UserScriptsDeps = {
  commands: RedisCommands;
  keys: Keys;
  guard: Pick<AbsenceGuard, 'certainUntilMs'>;
  oneServer: boolean;
  presenceTtlMs: number;
  sessionTtlMs: number;
};

/** Runs one script for one user; resolves with that user's answer. */
export type RunUserScript = (
  name: UserScriptName,
  userId: string,
  args: readonly (string | number)[],
) => Promise<UserReply>;

type Call = { userId: string; args: readonly (string | number)[] };

/** Users per script, which must stay below 2 ms: 50 entering a room took 1.7 ms at best and 2.2 ms as a rule, 50 renewals 1.4 ms. */
const USERS_PER_SCRIPT = 35;

/** The one way to a user script. */
export function createUserScripts(deps: UserScriptsDeps): RunUserScript {
  const { commands, guard } = deps;
  const scripts = new Map<string, Script>(NAMES.map((name) => [name, loadScript(name)]));

  async function run(name: string, calls: readonly Call[]): Promise<UserReply[]> {
    const script = scripts.get(name);
    if (!script) throw new Error(`no user script ${name}`);
    const certainUntilMs = DECIDING.has(name) ? await guard.certainUntilMs() : 0;
    const head = [Math.round(deps.presenceTtlMs), Math.round(deps.sessionTtlMs), certainUntilMs];
    const keys = calls.flatMap(({ userId }) => userKeys(deps.keys, userId));
    const replies = asArray(await commands.run(script, keys, [...head, ...calls.flatMap(({ args }) => args)]), name);
    return calls.map(({ userId }, i) => parseUserReply(userId, replies[i]));
  }

  const batched = createBatcher<Call, UserReply>(deps.oneServer ? USERS_PER_SCRIPT : 1, run);
  return (name, userId, args) => batched(name, { userId, args }, STORMING.has(name));
}

/** The keys of a user in the order that every user script expects. */
function userKeys(keys: Keys, userId: string): string[] {
  return [keys.presence(userId), keys.session(userId), keys.conns(userId), keys.rooms(userId), keys.pending(userId)];
}
