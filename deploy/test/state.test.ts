/** `cluster.json`, the launcher's lock, and what a killed launcher leaves behind. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLedger } from '../local/cluster/ledger.ts';
import { stopLeftovers } from '../local/cluster/leftovers.ts';
import { becomeLauncher, leftovers, readState, resignLauncher, runningCluster } from '../local/cluster/state.ts';
import { startChild } from '../local/process/child.ts';
import { isAlive, markOf } from '../local/process/identity.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START = { url: 'http://localhost:1', control: '/nowhere' };

function sleeper(folder: string) {
  return startChild({ file: 'sleep', args: ['60'], logFile: join(folder, 'sleep.log') });
}

describe('the state file', () => {
  it('is readable by its owner only and leaves no half-written copy', () => {
    const home = temporaryFolder();
    createLedger(home, START);
    expect(readdirSync(home)).toEqual(['cluster.json']);
    expect(statSync(join(home, 'cluster.json')).mode & 0o777).toBe(0o600);
  });

  it('names this process as the launcher of a running cluster', () => {
    const home = temporaryFolder();
    createLedger(home, START);
    expect(runningCluster(home)?.launcher.pid).toBe(process.pid);
  });

  it('keeps the newest process of each node, in the order of their ports', () => {
    const home = temporaryFolder();
    const ledger = createLedger(home, START);
    for (const [name, port, pid] of [
      ['n2', 2, 20],
      ['n1', 1, 10],
      ['n2', 2, 21],
    ] as const) {
      ledger.note('node', { name, port, pid, url: '', log: null, source: '' });
    }
    expect(readState(home)?.nodes.map(({ name, pid }) => `${name} ${pid}`)).toEqual(['n1 10', 'n2 21']);
  });

  it('is no state when it is damaged', () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'cluster.json'), '{"version":1,');
    expect(readState(home)).toBeNull();
  });
});

describe('the lock of the launcher', () => {
  it('is held by one process at a time', () => {
    const home = temporaryFolder();
    expect(becomeLauncher(home)).toBe(true);
    expect(becomeLauncher(home)).toBe(false);
    resignLauncher(home);
    expect(becomeLauncher(home)).toBe(true);
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 30, identity: 'x' }],
    ['a process number that was given again', { pid: process.pid, identity: 'another start' }],
  ])('is taken over from %s', (_, mark) => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'launcher.lock'), JSON.stringify(mark));
    expect(becomeLauncher(home)).toBe(true);
  });
});

describe('what a killed launcher leaves behind', () => {
  it('is ended by the next start', async () => {
    const home = temporaryFolder();
    const child = await sleeper(home);
    createLedger(home, START).note('redis', { name: 'redis', pid: child.pid, port: 1, url: '', log: null, source: '' });
    await stopLeftovers(home, () => undefined);
    expect((await child.exited).signal).toBe('SIGTERM');
    expect(readState(home)).toBeNull();
  });

  it('is never a stranger that has the same process number', async () => {
    const home = temporaryFolder();
    const child = await sleeper(home);
    const ledger = createLedger(home, START);
    ledger.note('redis', { name: 'redis', pid: child.pid, port: 1, url: '', log: null, source: '' });
    const state = ledger.state();
    const stranger = { ...state, redis: state.redis && { ...state.redis, identity: 'another start' } };
    expect(leftovers(stranger)).toEqual([]);
    expect(isAlive(markOf(child.pid))).toBe(true);
    await child.stop();
  });
});
