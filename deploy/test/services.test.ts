/** Redis, PostgreSQL and programs as the launcher runs them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packagesProblem } from '../local/bootstrap/packages.mjs';
import { createKeeper } from '../local/cluster/keeper.ts';
import { signalQuietly } from '../local/process/child.ts';
import { anyFreePort, portProblem } from '../local/process/ports.ts';
import { newPackages } from '../local/services/apt.ts';
import { startPostgres } from '../local/services/postgres.ts';
import { isAtLeast, versionIn } from '../local/services/program.ts';
import { startRedis } from '../local/services/redis.ts';
import { inspectRedis } from '../local/services/redis-inspection.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the private Redis', () => {
  it('never evicts, writes an append-only file and is 7 or newer', async () => {
    const redis = await startRedis({ dir: temporaryFolder() });
    onTestFinished(() => redis.stop());
    const facts = await inspectRedis(redis.url);
    expect(facts).toMatchObject({ policy: 'noeviction', isAof: true });
    expect(isAtLeast(facts.version, '7.0')).toBe(true);
  });

  it('keeps what was written when it is killed', async () => {
    const dir = temporaryFolder();
    const port = await anyFreePort();
    const first = await startRedis({ dir, port });
    const client = new Redis(first.url);
    await client.set('key', 'value');
    client.disconnect();
    signalQuietly(first.pid, 'SIGKILL');
    await first.exited;
    const second = await startRedis({ dir, port });
    onTestFinished(() => second.stop());
    const again = new Redis(second.url);
    onTestFinished(() => again.disconnect());
    expect(await again.get('key')).toBe('value');
  });

  it('that cannot start says why', async () => {
    await expect(startRedis({ dir: temporaryFolder(), args: ['--nonsense', 'x'] })).rejects.toThrow(
      /did not start[\s\S]*nonsense/,
    );
  });
});

describe('the private PostgreSQL', () => {
  it('has the database of the catalogue, keeps it, and is gone once stopped', async () => {
    const dir = temporaryFolder();
    for (const round of [1, 2]) {
      const service = await startPostgres({ dir });
      const client = new pg.Client(service.url);
      await client.connect();
      await client.query('CREATE TABLE IF NOT EXISTS rounds (round int)');
      await client.query('INSERT INTO rounds VALUES ($1)', [round]);
      const { rows } = await client.query('SELECT count(*)::int AS rounds FROM rounds');
      await client.end();
      await service.stop();
      expect(rows[0]).toEqual({ rounds: round });
      expect(await portProblem(service.port)).toBeNull();
    }
  });
});

describe('a part under watch', () => {
  it('is started again on its port when it dies, and left alone when it was stopped', async () => {
    const dir = temporaryFolder();
    const port = await anyFreePort();
    const pids: (number | null)[] = [];
    let onBack: () => void = () => undefined;
    const isBack = new Promise<void>((resolve) => {
      onBack = resolve;
    });
    let starts = 0;
    const start = async (onSpawn: (pid: number) => void) => {
      const service = await startRedis({ dir, port, onSpawn });
      starts += 1;
      if (starts === 2) onBack();
      return service;
    };
    const keeper = createKeeper(
      { name: 'redis', start, changed: (pid) => pids.push(pid) },
      new AbortController().signal,
    );
    const first = await keeper.start();
    signalQuietly(first.pid, 'SIGKILL');
    await isBack;
    await keeper.stop();
    expect(pids).toEqual([first.pid, null, expect.any(Number), null]);
    expect(starts).toBe(2);
    expect(await portProblem(port)).toBeNull();
  });
});

describe('versions and packages', () => {
  it('are compared number by number', () => {
    expect([isAtLeast('7.0.15', '7.0.0'), isAtLeast('10.1', '7.2'), isAtLeast('6.2.9', '7.0')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(versionIn('Redis server v=7.0.15 sha=00', /v=/)).toBe('7.0.15');
  });

  it('of a simulated installation leave out upgrades of what is there', () => {
    const plan =
      'Inst libhiredis0.14 (0.14.1 Debian [amd64])\nInst libc6 [2.36-9] (2.36-10 Debian [amd64])\nConf libc6 (2.36)';
    expect(newPackages(plan)).toEqual(['libhiredis0.14']);
  });

  it('of npm are fine only as the lockfile has them', () => {
    const root = temporaryFolder();
    const write = (file: string, packages: object) => writeFileSync(join(root, file), JSON.stringify({ packages }));
    mkdirSync(join(root, 'node_modules'));
    write('package-lock.json', {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    });
    expect(packagesProblem(root)).toBe('are not installed');
    write('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } });
    expect(packagesProblem(root)).toContain('node_modules/a');
    write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    expect(packagesProblem(root)).toBeNull();
    expect(existsSync(join(root, 'node_modules'))).toBe(true);
  });
});
