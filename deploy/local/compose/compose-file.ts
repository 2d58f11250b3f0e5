/** deploy/compose.yaml as Compose reads it: merged, with the variables of an environment filled in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@c2c/server/config';
import { parse } from 'yaml';
import { interpolate, type Variables } from './interpolate.ts';

/** The file of this repository. */
export const COMPOSE_FILE = join(import.meta.dirname, '../../compose.yaml');

/** As much of a service as we look at. */
export type ComposeService = {
  image?: string;
  build?: { context: string; dockerfile: string; target: string };
  command?: string[];
  environment?: Record<string, string | number | null>;
  healthcheck?: { test: string[] };
  volumes?: string[];
  profiles?: string[];
  ports?: string[];
  [key: string]: unknown;
};

/** The whole file. */
export type ComposeFile = { name: string; services: Record<string, ComposeService>; [key: string]: unknown };

/** Reads the file with `variables` filled in. Throws a `ConfigError` that names every variable which must be given and is not. */
export function readComposeFile(variables: Variables, file = COMPOSE_FILE): ComposeFile {
  const problems = new Set<string>();
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return fillText(value);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
  };
  const fillText = (text: string): string => {
    try {
      return interpolate(text, variables);
    } catch (error) {
      problems.add(error instanceof Error ? error.message : String(error));
      return '';
    }
  };
  const filled = fill(parse(readFileSync(file, 'utf8'), { merge: true }));
  if (problems.size > 0) throw new ConfigError([...problems]);
  return filled as ComposeFile;
}

/** What a container of the service gets; a variable without a value is handed on where it is set. */
export function serviceEnvironment(file: ComposeFile, service: string, variables: Variables): Record<string, string> {
  const given = Object.entries(file.services[service]?.environment ?? {});
  return Object.fromEntries(
    given.flatMap(([name, told]) => {
      const value = told === null ? variables(name) : String(told);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
