/** What must hold between settings that are each valid alone; every sentence names both and says why. */

/** From the last client that was told to go to the end of its connection and of the doors (ops/drain.ts, transport/door.ts). */
const AFTER_DRAIN_MS = 5_000;

type Setting =
  | 'AUTH_DEADLINE_MS'
  | 'CLOSE_GRACE_MS'
  | 'CONNECTIONS_PER_ADDRESS'
  | 'CONNECTIONS_PER_USER'
  | 'DRAIN_WINDOW_MS'
  | 'MAX_CONNECTIONS'
  | 'PRESENCE_RENEW_MS'
  | 'PRESENCE_TTL'
  | 'REDIS_TIMEOUT_MS'
  | 'SESSION_TTL'
  | 'SHUTDOWN_TIMEOUT_MS';
type Settings = Readonly<Record<Setting, number>>;
/** `setting` is the one to blame; `other` the one it must fit. */
type Rule = { setting: Setting; other: Setting; holds(settings: Settings): boolean; sentence: string };

/** In the order in which they are told. */
export const CONFIG_RULES: readonly Rule[] = [
  {
    setting: 'CLOSE_GRACE_MS',
    other: 'REDIS_TIMEOUT_MS',
    holds: (at) => at.CLOSE_GRACE_MS > at.REDIS_TIMEOUT_MS,
    sentence: 'must be greater than REDIS_TIMEOUT_MS, or a reload that Redis answers late is told as offline',
  },
  {
    setting: 'CLOSE_GRACE_MS',
    other: 'PRESENCE_TTL',
    holds: (at) => at.CLOSE_GRACE_MS <= at.PRESENCE_TTL * 1_000,
    sentence: 'must be at most PRESENCE_TTL (seconds), or a connection that was closed outlives one that died',
  },
  {
    setting: 'PRESENCE_TTL',
    other: 'PRESENCE_RENEW_MS',
    holds: (at) => at.PRESENCE_TTL * 1_000 >= at.PRESENCE_RENEW_MS * 2,
    sentence: '(seconds) must be at least twice PRESENCE_RENEW_MS, or one late renewal is told as offline',
  },
  {
    setting: 'SESSION_TTL',
    other: 'PRESENCE_TTL',
    holds: (at) => at.SESSION_TTL >= at.PRESENCE_TTL,
    sentence: 'must be at least PRESENCE_TTL, or people leave their rooms before they are offline',
  },
  {
    setting: 'AUTH_DEADLINE_MS',
    other: 'REDIS_TIMEOUT_MS',
    holds: (at) => at.AUTH_DEADLINE_MS > at.REDIS_TIMEOUT_MS,
    sentence: 'must be greater than REDIS_TIMEOUT_MS, or a token is late while Redis is asked about it',
  },
  {
    setting: 'SHUTDOWN_TIMEOUT_MS',
    other: 'DRAIN_WINDOW_MS',
    holds: (at) => at.SHUTDOWN_TIMEOUT_MS >= at.DRAIN_WINDOW_MS + AFTER_DRAIN_MS,
    sentence: `must be at least DRAIN_WINDOW_MS + ${AFTER_DRAIN_MS}, or the last clients are cut instead of sent elsewhere`,
  },
  {
    setting: 'CONNECTIONS_PER_ADDRESS',
    other: 'MAX_CONNECTIONS',
    holds: (at) => at.CONNECTIONS_PER_ADDRESS <= at.MAX_CONNECTIONS,
    sentence: 'must be at most MAX_CONNECTIONS, or one address fills the node',
  },
  {
    setting: 'CONNECTIONS_PER_USER',
    other: 'CONNECTIONS_PER_ADDRESS',
    holds: (at) => at.CONNECTIONS_PER_USER <= at.CONNECTIONS_PER_ADDRESS,
    sentence: 'must be at most CONNECTIONS_PER_ADDRESS: a user has an address too',
  },
];

/** The rules that do not hold, one line each. Those about a setting that is `wrong` in itself are not judged. */
export function brokenRules(values: Readonly<Record<string, unknown>>, wrong: ReadonlySet<string>): string[] {
  const settings = values as Settings;
  return CONFIG_RULES.filter(
    ({ setting, other, holds }) => !wrong.has(setting) && !wrong.has(other) && !holds(settings),
  ).map(({ setting, sentence }) => `${setting}: ${sentence}`);
}
