/** Environment → one frozen, typed configuration. Every mistake is reported at once, by name. */
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { brokenRules } from './config-rules.ts';
import { parseAddressList } from './transport/address-list.ts';

const seconds = (fallback: number) => Type.Number({ default: fallback, minimum: 0.1, maximum: 86_400 * 30 });
const millis = (fallback: number) => Type.Integer({ default: fallback, minimum: 1, maximum: 3_600_000 });
const rate = (fallback: number) => Type.Number({ default: fallback, minimum: 0.1 });
const atMost = (fallback: number) => Type.Integer({ default: fallback, minimum: 1 });
const onOff = (fallback: 'on' | 'off') => Type.Union([Type.Literal('on'), Type.Literal('off')], { default: fallback });

/** Signed with a private key only the issuer has; never a shared secret, never `none`. */
const ALGORITHM = '([RPE]S(256|384|512)|EdDSA|Ed25519)';
const ASYMMETRIC = `^${ALGORITHM}(,${ALGORITHM})*$`;

const Environment = Type.Object({
  NODE_ID: Type.String({ default: 'n1', pattern: '^[a-z][a-z0-9]{0,15}$' }),
  HOST: Type.String({ default: '127.0.0.1', minLength: 1 }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535 }),
  REDIS_URL: Type.String({ pattern: '^rediss?://.+' }),
  DATABASE_URL: Type.String({ default: '', pattern: '^(postgres(ql)?://.+)?$' }),
  JWT_SECRET: Type.String({ minLength: 32 }),
  JWT_SECRETS_PREVIOUS: Type.String({ default: '', pattern: '^\\s*(\\S{32,}(\\s+|$))*$' }),
  JWKS_URL: Type.String({ default: '', pattern: '^(https?://[^\\s]+)?$' }),
  JWT_ISSUER: Type.String({ default: '' }),
  JWT_AUDIENCE: Type.String({ default: '' }),
  JWT_ALGORITHMS: Type.String({ default: 'RS256,ES256,EdDSA', pattern: ASYMMETRIC }),
  JWT_USER_CLAIM: Type.String({ default: 'sub' }),
  JWT_SESSIONS: Type.Union([Type.Literal('login'), Type.Literal('user')], { default: 'login' }),
  JWT_MAX_TTL: Type.Number({ default: 86_400 * 30, minimum: 1, maximum: 86_400 * 3_650 }),
  TOKEN_TTL: seconds(86_400),
  PUBLIC_URL: Type.String({ default: '', pattern: '^(https?://[^\\s]+)?$' }),
  TRUSTED_PROXIES: Type.String({ default: '' }),
  TRUSTED_LOAD_ADDRESSES: Type.String({ default: '127.0.0.1,::1' }),
  CORS_ORIGINS: Type.String({ default: '' }),
  WEB_ROOT: Type.String({ default: '' }),
  GUEST_JOIN: onOff('on'),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
  ROOM_IDLE_TTL: seconds(600),
  LOG_TTL: seconds(86_400),
  SESSION_TTL: seconds(600),
  PRESENCE_TTL: seconds(30),
  PRESENCE_RENEW_MS: millis(10_000),
  CLOSE_GRACE_MS: millis(5_000),
  SWEEP_INTERVAL_MS: millis(1_000),
  PING_INTERVAL_MS: millis(10_000),
  PING_TIMEOUT_MS: millis(8_000),
  AUTH_DEADLINE_MS: millis(10_000),
  REQUEST_TIMEOUT_MS: millis(20_000),
  CANARY_INTERVAL_MS: millis(1_000),
  AUDIT_INTERVAL_MS: millis(1_000),
  REDIS_TIMEOUT_MS: millis(2_000),
  FLUSH_WINDOW_MS: Type.Integer({ default: 10, minimum: 0, maximum: 100 }),
  FANOUT_FAST_PATH: onOff('on'),
  MESSAGE_RATE: rate(100),
  MESSAGE_BURST: atMost(500),
  REQUEST_RATE: rate(100),
  REQUEST_BURST: atMost(400),
  JOIN_RATE: rate(50),
  JOIN_BURST: atMost(500),
  CONNECTIONS_PER_USER: atMost(100),
  ROOMS_PER_USER: atMost(100),
  ROOMS_PER_MINUTE: atMost(10),
  NAMES_PER_MINUTE: atMost(600),
  HTTP_RATE: rate(100),
  HTTP_BURST: atMost(500),
  HANDSHAKE_RATE: rate(100),
  HANDSHAKE_BURST: atMost(1_000),
  CONNECTIONS_PER_ADDRESS: atMost(5_000),
  MAX_CONNECTIONS: atMost(20_000),
  ADMIT_RATE: rate(1_000),
  ADMIT_BURST: atMost(2_000),
  OVERLOAD_DELAY_MS: millis(500),
  DRAIN_WINDOW_MS: millis(18_000),
  SHUTDOWN_TIMEOUT_MS: millis(25_000),
});
type Environment = Static<typeof Environment>;

/** What one node runs with. Names say the units; see `docs/configuration.md` for what each does. */
export type Config = Readonly<Environment>;

/** All that was wrong with the environment, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const LISTS = ['TRUSTED_PROXIES', 'TRUSTED_LOAD_ADDRESSES'] as const;
const validator = Compile(Environment);
const NUMERIC = new Set(
  Object.entries(Environment.properties).flatMap(([key, schema]) =>
    'type' in schema && (schema.type === 'integer' || schema.type === 'number') ? [key] : [],
  ),
);

/**
 * Reads the configuration of a node from `env`; unknown variables are ignored, empty ones count as not given.
 * Throws a `ConfigError` that names every mistake. No secret has a default.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(Environment.properties)) {
    const raw = env[key];
    if (raw !== undefined && raw !== '') values[key] = NUMERIC.has(key) ? toNumber(raw) : raw;
    else if ('default' in schema) values[key] = schema.default;
  }
  const problems = [...describeProblems(values), ...describeLists(values), ...describeIssuer(values)];
  const wrong = new Set(problems.map((problem) => problem.split(':', 1)[0] ?? ''));
  const rules = brokenRules(values, wrong);
  if (problems.length + rules.length === 0 && validator.Check(values)) return Object.freeze(values);
  throw new ConfigError([...problems, ...rules]);
}

function toNumber(raw: string): unknown {
  const number = Number(raw);
  return Number.isFinite(number) && raw.trim() !== '' ? number : raw;
}

function describeProblems(values: Record<string, unknown>): string[] {
  return Object.entries(Environment.properties).flatMap(([key, schema]) => {
    if (!(key in values)) return `${key}: is missing`;
    const [problem] = Compile(schema).Errors(values[key]);
    return problem ? `${key}: ${'anyOf' in schema ? describeChoice(schema.anyOf) : problem.message}` : [];
  });
}

function describeChoice(choices: readonly { const?: unknown }[]): string {
  return `must be one of ${choices.map((choice) => String(choice.const)).join(', ')}`;
}

/** Without issuer and audience, tokens made for anybody else by anybody else would do. */
function describeIssuer({ JWKS_URL: url, ...values }: Record<string, unknown>): string[] {
  const missing = ['JWT_ISSUER', 'JWT_AUDIENCE'].filter((key) => values[key] === '');
  return url === '' ? [] : missing.map((key) => `${key}: is missing, JWKS_URL needs it`);
}

/** Lists of addresses and networks, which no schema can describe. */
function describeLists(values: Record<string, unknown>): string[] {
  return LISTS.flatMap((key) => {
    try {
      parseAddressList(key, String(values[key] ?? ''));
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
}
