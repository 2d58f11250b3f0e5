/** `npm start` as a person uses it: up, found by a second one, mended, checked, and gone without a trace. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { otherPort } from '../local/cluster/port-check.ts';
import { leftovers, readState } from '../local/cluster/state.ts';
import { signalQuietly } from '../local/process/child.ts';
import { isAlive } from '../local/process/identity.ts';
import { anyFreePort } from '../local/process/ports.ts';
import { DOOR, launch } from './launched.ts';
import { temporaryFolder } from './temporary-folder.ts';

function c2c(home: string, args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DOOR, ...args], {
    env: { ...process.env, C2C_HOME: home },
    encoding: 'utf8',
  });
  return { status, text: `${stdout}${stderr}` };
}

describe('npm start', () => {
  it('brings up a cluster that passes its check list, mends it, and takes all of it down', {
    timeout: 180_000,
  }, async () => {
    const home = temporaryFolder();
    const port = await anyFreePort();
    const launcher = launch(home, ['start', '--nodes', '2', '--port', String(port)]);
    await launcher.said(/C2C is running/);

    const second = c2c(home, ['start']);
    expect(second).toMatchObject({ status: 0, text: expect.stringContaining(`http://localhost:${port}`) });
    expect(second.text).not.toContain('no effect');
    expect(c2c(home, ['start', '--nodes', '1']).text).toContain('--nodes 1 had no effect');
    expect(c2c(home, ['logs', '--code', 'NOT_A_CODE'])).toEqual({ status: 0, text: 'no lines match\n' });
    const checked = c2c(home, ['acceptance', '--url', `http://127.0.0.1:${port}/`]);
    expect(checked).toMatchObject({ status: 0, text: expect.stringMatching(/all \d+ lines hold/) });

    const node = readState(home)?.nodes[1];
    signalQuietly(node?.pid ?? 0, 'SIGKILL');
    await launcher.said(/n2 has ended \(SIGKILL\)[\s\S]*n2 is back/);
    expect(readState(home)?.nodes[1]).toMatchObject({ name: 'n2', port: node?.port });
    expect(c2c(home, ['cluster', 'rolling-restart'])).toMatchObject({ status: 0 });
    expect(c2c(home, ['logs', '--node', 'n2']).text).toContain('listening');

    const state = readState(home);
    launcher.interrupt();
    expect(await launcher.ended).toBe(0);
    expect(state === null ? null : leftovers(state)).toEqual([]);
    expect(['cluster.json', 'launcher.lock', 'control.sock'].filter((file) => existsSync(join(home, file)))).toEqual(
      [],
    );
  });

  it.each([/Redis \d/, /nodes: |1 node: /])(
    'interrupted once it said %s leaves nothing behind',
    { timeout: 90_000 },
    async (moment) => {
      const home = temporaryFolder();
      const launcher = launch(home, ['start', '--nodes', '1', '--port', String(await anyFreePort())]);
      await launcher.said(moment);
      const state = readState(home);
      launcher.interrupt();
      expect(await launcher.ended).toBe(130);
      expect(state === null ? [] : leftovers(state)).toEqual([]);
      expect(state !== null && isAlive(state.launcher)).toBe(false);
    },
  );

  it('ends in one sentence where its port is taken', async () => {
    const home = temporaryFolder();
    const port = await anyFreePort();
    const { createServer } = await import('node:net');
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const doctor = c2c(home, ['doctor', '--port', String(port)]);
    const launcher = launch(home, ['start', '--port', String(port)]);
    expect(await launcher.ended).toBe(1);
    await expect(launcher.said(/x/)).rejects.toThrow(
      /✘ port \d+ is taken by another program; choose another one: npm start -- --port \d+\n$/,
    );
    const suggested = await otherPort(port);
    expect(doctor.text).toContain(`fix: npm start -- --port ${suggested}`);
    await expect(launcher.said(/x/)).rejects.toThrow(`npm start -- --port ${suggested}`);
  });
});
