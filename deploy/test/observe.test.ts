/** `npm start -- --observe`: what it adds to a cluster, told by the Prometheus itself. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { leftovers, readState } from '../local/cluster/state.ts';
import { signalQuietly } from '../local/process/child.ts';
import { anyFreePort } from '../local/process/ports.ts';
import { waitUntil } from '../local/process/wait.ts';
import { DOOR, launch } from './launched.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Sample = { metric: Record<string, string>; value: [number, string] };

async function ask(url: string, query: string): Promise<Sample[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: Sample[] } };
  return data.result;
}

describe('npm start -- --observe', () => {
  it('watches every part, is mended, and takes all of it down', { timeout: 180_000 }, async () => {
    const home = temporaryFolder();
    const launcher = launch(home, ['start', '--nodes', '2', '--port', String(await anyFreePort()), '--observe']);
    await launcher.said(/C2C is running[\s\S]*Prometheus/);
    const names = readState(home)?.observers?.map(({ name }) => name);
    expect(names).toEqual(['nginx-exporter', 'redis-exporter', 'postgres-exporter', 'prometheus']);
    const prometheus = readState(home)?.observers?.at(-1);
    const url = prometheus?.url ?? '';

    const up = async () => (await ask(url, 'up == 1')).map(({ metric }) => metric.node ?? metric.job ?? '');
    expect(await waitUntil(async () => (await up()).length === 6, { timeoutMs: 30_000 })).toBe(true);
    expect((await up()).sort()).toEqual(['n1', 'n2', 'nginx', 'postgres', 'prometheus', 'redis']);
    const answers = await Promise.all(
      ['c2c_subscriber_alive', 'nginx_up', 'redis_up', 'pg_up'].map((q) => ask(url, q)),
    );
    expect(answers.map((samples) => samples.map(({ value }) => value[1]))).toEqual([['1', '1'], ['1'], ['1'], ['1']]);

    const env = { ...process.env, C2C_HOME: home };
    const doctor = spawnSync(process.execPath, [DOOR, 'doctor'], { env, encoding: 'utf8' });
    expect(doctor.stdout).toMatch(/observed +\S+ hears 6 of 6 targets/);

    signalQuietly(prometheus?.pid ?? 0, 'SIGKILL');
    await launcher.said(/prometheus has ended \(SIGKILL\)[\s\S]*prometheus is back/);
    expect(readState(home)?.observers?.at(-1)).toMatchObject({ name: 'prometheus', url });

    const state = readState(home);
    launcher.interrupt();
    expect(await launcher.ended).toBe(0);
    expect(state === null ? null : leftovers(state)).toEqual([]);
  });
});
