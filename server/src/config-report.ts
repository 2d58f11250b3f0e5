/** What a configuration is made of, for people: each setting with its effective value, where that comes from, and nothing secret. */
import { type Config, ConfigError, readConfig } from './config.ts';
import { Environment, SETTING_GROUPS } from './config-settings.ts';

export { ConfigError };

/** One setting. A secret's `value` says only whether there is one; a URL's password is left out. */
export type EffectiveSetting = { group: string; name: string; value: string | number };

/** Names of all settings that a node reads. */
export const SETTING_NAMES: readonly string[] = Object.keys(Environment.properties);

/** Every setting in the order of the documentation. Throws a `ConfigError` that names every mistake. */
export function effectiveSettings(env: Readonly<Record<string, string | undefined>>): EffectiveSetting[] {
  const config = readConfig(env);
  const names = Object.keys(Environment.properties) as (keyof Config)[];
  const shown = new Map<string, string | number>(names.map((name) => [name, showable(name, config[name])]));
  return SETTING_GROUPS.flatMap(({ title, names }) =>
    names.map((name) => ({ group: title, name, value: shown.get(name) ?? '' })),
  );
}

function showable(name: keyof Config, value: string | number): string | number {
  if (typeof value === 'number' || value === '') return value;
  const schema = Environment.properties[name];
  if ('isSecret' in schema && schema.isSecret === true) return `(set, ${value.length} characters)`;
  return value.replace(/\/\/[^@/\s]*@/g, '//***@');
}
