/** `npm start -- --observe`: what it adds to a cluster, told by the Prometheus itself. */
import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { leftovers, readState } from '../local/cluster/state.ts';
import { signalQuietly } from '../local/process/child.ts';
import { anyFreePort } from '../local/process/ports.ts';
import { waitUntil } from '../local/process/wait.ts';
import { SCRAPE_SECONDS } from '../local/services/prometheus.ts';
import { interpolate, readDashboards } from '../observability/grafana-model.ts';
import { askNow } from '../observability/prometheus-api.ts';
import { startConversation } from './conversation.ts';
import { DOOR, launch } from './launched.ts';
import { temporaryFolder } from './temporary-folder.ts';

const RANGE = { scrapeSeconds: SCRAPE_SECONDS, stepSeconds: SCRAPE_SECONDS, rangeSeconds: 300 };

/** k6 on a cluster, writing to a Prometheus; it keeps k6 itself in the folder of the clone, where it may be already. */
async function runK6(url: string, prometheus: string): Promise<number | null> {
  const where = ['--url', url, '--remote-write', `${prometheus}/api/v1/write`, '--out', temporaryFolder()];
  const child = spawn(process.execPath, [DOOR, 'load', 'smoke', ...where, '--duration', '15s'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Queries of the dashboards that this Prometheus answers with no value. Rejects where it refuses one. */
async function unanswered(url: string, nodes: readonly string[]): Promise<string[]> {
  const empty: string[] = [];
  for (const { title, panels } of readDashboards()) {
    for (const { expr } of panels.flatMap(({ targets = [] }) => targets)) {
      const answer = await askNow(url, interpolate(expr, { ...RANGE, nodes }));
      const hasValue = answer.some(({ points }) => points[0]?.[1] != null);
      if (!hasValue) empty.push(`${title}: ${expr}`);
    }
  }
  return empty;
}

describe('npm start -- --observe', () => {
  it('watches every part, fills every panel, is mended, and takes all of it down', { timeout: 300_000 }, async () => {
    const home = temporaryFolder();
    const launcher = launch(home, ['start', '--nodes', '2', '--port', String(await anyFreePort()), '--observe']);
    await launcher.said(/C2C is running[\s\S]*Prometheus/);
    const nodes = readState(home)?.nodes ?? [];
    await startConversation(nodes.map(({ url }) => url));
    expect(readState(home)?.observers?.map(({ name }) => name)).toEqual([
      'nginx-exporter',
      'redis-exporter',
      'postgres-exporter',
      'prometheus',
    ]);
    const prometheus = readState(home)?.observers?.at(-1);
    const url = prometheus?.url ?? '';

    const up = async () => (await askNow(url, 'up == 1')).map(({ labels }) => labels.node ?? labels.job ?? '');
    expect(await waitUntil(async () => (await up()).length === 6, { timeoutMs: 30_000 })).toBe(true);
    expect((await up()).sort()).toEqual(['n1', 'n2', 'nginx', 'postgres', 'prometheus', 'redis']);
    const [all] = await askNow(url, 'nginx_up + on() redis_up + on() pg_up');
    expect(all?.points[0]?.[1]).toBe(3);

    const names = nodes.map(({ name }) => name);
    let empty: string[] = [];
    const isFull = async () => {
      empty = await unanswered(url, names);
      return empty.length === 0;
    };
    const load = runK6(readState(home)?.url ?? '', url);
    await waitUntil(isFull, { timeoutMs: 150_000, everyMs: 1000 });
    expect(empty).toEqual([]);
    expect(await load).toBe(0);

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
