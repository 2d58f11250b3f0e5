/** `npm run config`: what a node would run with, from where, without secrets; and every mistake. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SETTING_NAMES } from '@c2c/server/config';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from '../local/commands/config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = 'a-secret-that-nobody-may-see-in-any-output';

beforeEach(() => {
  for (const name of SETTING_NAMES) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function config(...args: string[]): Promise<{ code: number; said: string }> {
  vi.restoreAllMocks();
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
  const code = await run(args, { root: ROOT, home: temporaryFolder(), signal: new AbortController().signal });
  return { code, said: log.mock.calls.flat().join('\n') };
}

function fileWith(lines: string): string {
  const file = join(temporaryFolder(), 'some.env');
  writeFileSync(file, lines);
  return file;
}

it('shows every setting and where it comes from: environment before file before default', async () => {
  const file = fileWith(
    `REDIS_URL=redis://me:${SECRET}@redis:6379\nJWT_SECRET='${SECRET}'\nMESSAGE_RATE=7 # few\nJOIN_RATE=8\n`,
  );
  vi.stubEnv('JOIN_RATE', '9');
  const { code, said } = await config('--env-file', file, '--json');
  const settings = new Map<string, { value: unknown; source: string }>(
    JSON.parse(said).settings.map((setting: { name: string }) => [setting.name, setting]),
  );
  expect(code).toBe(0);
  expect([...settings.keys()].sort()).toEqual([...SETTING_NAMES].sort());
  expect(settings.get('MESSAGE_RATE')).toMatchObject({ value: 7, source: file });
  expect(settings.get('JOIN_RATE')).toMatchObject({ value: 9, source: 'environment' });
  expect(settings.get('PRESENCE_TTL')).toMatchObject({ value: 30, source: 'default' });
  expect(settings.get('REDIS_URL')).toMatchObject({ value: 'redis://***@redis:6379' });
});

it('shows no secret, neither as a table nor as JSON nor among mistakes', async () => {
  const secrets = `REDIS_URL=rediss://:${SECRET}@redis\nJWT_SECRET=${SECRET}\nJWT_SECRETS_PREVIOUS=${SECRET}x ${SECRET}y\nDATABASE_URL=postgres://c2c:${SECRET}@db/c2c\n`;
  for (const args of [[], ['--json']]) {
    expect((await config('--env-file', fileWith(secrets), ...args)).said).not.toContain(SECRET.slice(2, 12));
    const wrong = fileWith(`${secrets}PORT=${SECRET}\nTRUSTED_PROXIES=10.0.0.0/8\n`);
    const { code, said } = await config('--env-file', wrong, ...args);
    expect(code).toBe(1);
    expect(said).not.toContain(SECRET.slice(2, 12));
  }
});

it('names all mistakes of a file, what is missing and what does not fit together too', async () => {
  const { code, said } = await config('--env-file', fileWith('PORT=eighty\nCLOSE_GRACE_MS=1\n'), '--json');
  expect(code).toBe(1);
  expect(
    JSON.parse(said)
      .problems.map((problem: string) => problem.split(':')[0])
      .sort(),
  ).toEqual(['CLOSE_GRACE_MS', 'JWT_SECRET', 'PORT', 'REDIS_URL'].sort());
});

it('without a file shows what npm start gives its first node, and the mistakes of the environment', async () => {
  expect((await config()).said).toMatch(/^ {2}REDIS_URL +redis:\S+ +npm start$/m);
  vi.stubEnv('MESSAGE_RATE', 'many');
  expect(await config()).toMatchObject({ code: 1, said: expect.stringMatching(/^✘ MESSAGE_RATE: /) });
});

it('says which file it cannot read, through npm too', async () => {
  const missing = join(temporaryFolder(), 'none.env');
  const failed = promisify(execFile)('npm', ['run', '-s', 'config', '--', '--env-file', missing], { cwd: ROOT });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`the file ${missing} cannot be read`),
  });
});
