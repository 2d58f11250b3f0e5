/** Environment → one frozen, typed configuration. Every mistake is reported at once, by name. */
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { brokenRules } from './config-rules.ts';
import { Environment } from './config-settings.ts';
import { parseAddressList } from './transport/address-list.ts';

/** What one node runs with. Names say the units; see `config-settings.ts` for what each does. */
export type Config = Readonly<Static<typeof Environment>>;

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
