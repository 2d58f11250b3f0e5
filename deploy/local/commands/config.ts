/** `npm run config`: the effective configuration of a node, where each value comes from, and every mistake in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { ConfigError, type EffectiveSetting, effectiveSettings, SETTING_NAMES } from '@c2c/server/config';
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { runningCluster } from '../cluster/state.ts';
import { bad, paint, say } from '../cluster/terminal.ts';
import { readComposeFile, serviceEnvironment } from '../compose/compose-file.ts';
import { nodeEnvironment } from '../services/node.ts';
import { run as runProgram } from './run-program.ts';

const HELP = `Prints what a node runs with: every setting, its value without secrets, and where it comes from. Exit code 1 and all
mistakes where a node would not start.

  npm run config                       from the environment; what is missing, as npm start gives it to its first node
  npm run config -- --env-file <file>  from the environment and that file (NAME=value lines), nothing from npm start
  npm run config -- --compose --env-file <file>   as the nodes of deploy/compose.yaml get it with that file

  --json      as JSON: {"settings": [{name, value, source, group}]} or {"problems": [text]}
  --page      writes server/docs/CONFIGURATION.md from the settings' schema instead

What is wrong and what is set is told by name. All settings: server/docs/CONFIGURATION.md`;

/** Where values come from, the stronger first; the reader's own defaults come after all of them. */
type Source = { name: string; env: Readonly<Record<string, string | undefined>> };
type Options = { 'env-file'?: string; compose?: boolean; json?: boolean; page?: boolean; help?: boolean };

/** Exit code 1 where something is wrong. */
export async function run(args: string[], context: Context): Promise<number> {
  const options = readOptions(args);
  if (options.page === true) return runProgram(['tsx', 'server/scripts/configuration-page.ts'], context);
  if (options.help === true) {
    say(HELP);
    return 0;
  }
  try {
    const settings = settingsOf(sourcesOf(options, context));
    for (const line of options.json === true ? [asJson({ settings })] : table(settings)) say(line);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems } = error;
    for (const line of options.json === true ? [asJson({ problems })] : problems.map(bad)) say(line);
    return 1;
  }
}

function asJson(value: object): string {
  return JSON.stringify(value, null, 2);
}

function sourcesOf({ 'env-file': file, compose }: Options, { home }: Context): Source[] {
  const environment = { name: 'environment', env: process.env };
  const given = file === undefined ? [environment] : [environment, { name: file, env: parseEnv(textOf(file)) }];
  if (compose === true) return composed(given);
  return file === undefined ? [...given, { name: 'npm start', env: launched(home) }] : given;
}

/** As the first node of the compose file gets it: what the file does not fix is handed on. */
function composed(given: readonly Source[]): Source[] {
  const variables = (name: string) => given.find(({ env }) => env[name] !== undefined)?.env[name];
  const file = readComposeFile(variables);
  const handedOn = new Set(
    Object.entries(file.services.n1?.environment ?? {}).flatMap(([name, told]) => (told === null ? [name] : [])),
  );
  const only = ({ name, env }: Source) => ({
    name,
    env: Object.fromEntries(Object.entries(env).filter(([variable]) => handedOn.has(variable))),
  });
  return [...given.map(only), { name: 'compose.yaml', env: serviceEnvironment(file, 'n1', variables) }];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`the file ${file} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** What the first node gets from the launcher: of the running cluster where there is one. */
function launched(home: string): Record<string, string | undefined> {
  const cluster = runningCluster(home);
  return nodeEnvironment({
    name: 'n1',
    port: cluster?.nodes[0]?.port ?? 13_001,
    redisUrl: cluster?.redis?.url ?? 'redis://127.0.0.1:6379',
    jwtSecret: '-'.repeat(64),
    databaseUrl: cluster?.postgres?.url,
    webRoot: join(import.meta.dirname, '../../../web/dist'),
  });
}

function settingsOf(sources: readonly Source[]): Shown[] {
  // an empty variable counts as not given, as it does for the node
  const sourceOf = (name: string) => sources.find(({ env }) => env[name] !== undefined && env[name] !== '');
  const env = Object.fromEntries(SETTING_NAMES.map((name) => [name, sourceOf(name)?.env[name]]));
  return effectiveSettings(env).map((setting) => ({ ...setting, source: sourceOf(setting.name)?.name ?? 'default' }));
}

type Shown = EffectiveSetting & { source: string };

function table(settings: readonly Shown[]): string[] {
  const width = Math.max(...settings.map(({ name }) => name.length)) + 2;
  const valueWidth =
    Math.max(...settings.map(({ value }) => String(value).length).filter((length) => length <= 40)) + 2;
  return settings.flatMap(({ group, name, value, source }, index) => {
    const line = `  ${name.padEnd(width)}${(String(value) || '–').padEnd(valueWidth)}  ${source}`;
    const head = group === settings[index - 1]?.group ? [] : [paint('bold', group)];
    return [...head, source === 'default' ? paint('dim', line) : line];
  });
}

function readOptions(args: string[]): Options {
  try {
    const flag = { type: 'boolean' } as const;
    const options = {
      'env-file': { type: 'string' },
      compose: flag,
      json: flag,
      page: flag,
      help: { ...flag, short: 'h' },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}
