/** deploy/compose.yaml: what it names exists, what it promises holds. Its schema is checked by `npm run check` (dclint). */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, effectiveSettings, SETTING_NAMES } from '@c2c/server/config';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMPOSE_FILE, readComposeFile, serviceEnvironment } from '../local/compose/compose-file.ts';
import { interpolate } from '../local/compose/interpolate.ts';
import { findOnPath } from '../local/services/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const DEPLOY = join(ROOT, 'deploy');
const SECRETS: Record<string, string> = { JWT_SECRET: 's'.repeat(64), REDIS_PASSWORD: 'r0', POSTGRES_PASSWORD: 'p0' };
const COMPOSE = readComposeFile((name) => SECRETS[name]);
const SERVICES = Object.entries(COMPOSE.services);
const NODES = ['n1', 'n2', 'n3'];

const yaml = (path: string) => parse(readFileSync(join(DEPLOY, path), 'utf8'), { merge: true });
const seconds = (duration: unknown) => Number(/^(\d+)s$/.exec(String(duration))?.[1]);

describe('variables in the compose file', () => {
  const variables = (name: string) => ({ A: 'a', EMPTY: '' })[name];

  it.each([
    [`$A-\${A}-$$A`, 'a-a-$A'],
    [`\${B:-\${A}x}/\${EMPTY:-y}/\${EMPTY-z}/\${B-}`, 'ax/y//'],
    [`\${B}|\${A:?must be}`, '|a'],
  ])('%s becomes %s', (text, filled) => expect(interpolate(text, variables)).toBe(filled));

  it('that must be given are named with their message', () => {
    expect(() => interpolate(`\${EMPTY:?give it}`, variables)).toThrow('EMPTY is missing: give it');
    expect(() => interpolate(`\${A`, variables)).toThrow('not closed');
    expect(() => interpolate(`\${A/x/y}`, variables)).toThrow('not understood');
  });
});

describe('the nodes', () => {
  it('are handed every setting there is, and nothing else', () => {
    for (const node of NODES)
      expect(Object.keys(COMPOSE.services[node]?.environment ?? {}).sort()).toEqual([...SETTING_NAMES].sort());
  });

  it('are who nginx believes them to be, and believe nginx', () => {
    const addressOf = (service: string) => JSON.stringify(COMPOSE.services[service]?.networks).match(/[\d.]{7,}/)?.[0];
    const { NODES: told } = serviceEnvironment(COMPOSE, 'nginx', () => undefined);
    expect(told).toBe(NODES.map((node) => `${node}=${addressOf(node)}:3000`).join(' '));
    for (const node of NODES) {
      expect(serviceEnvironment(COMPOSE, node, () => undefined)).toMatchObject({
        NODE_ID: node,
        TRUSTED_PROXIES: addressOf('nginx'),
      });
    }
  });

  it.each(['staging', 'production'])(
    'start with the settings of %s once its secrets are filled in, and not before',
    (name) => {
      const given = parseEnv(readFileSync(join(DEPLOY, `environments/${name}.env`), 'utf8'));
      const missing = ['JWT_SECRET', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD'];
      expect(
        Object.keys(given)
          .filter((key) => !SETTING_NAMES.includes(key))
          .sort(),
      ).toEqual(expect.arrayContaining(missing.slice(1)));
      expect(
        problemsOf(() => readComposeFile((key) => given[key]))
          .map((problem) => problem.split(' ')[0])
          .sort(),
      ).toEqual(missing);
      const all = (key: string) => given[key] || SECRETS[key];
      const file = readComposeFile(all);
      const settings = effectiveSettings(serviceEnvironment(file, 'n1', all));
      const { SHUTDOWN_TIMEOUT_MS } = Object.fromEntries(settings.map((setting) => [setting.name, setting.value]));
      expect(seconds(file.services.n1?.stop_grace_period) * 1000).toBeGreaterThan(Number(SHUTDOWN_TIMEOUT_MS));
    },
  );
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

describe('every service', () => {
  it.each(SERVICES)('%s is bounded, without rights it does not need, and of a named version', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: { options: { 'max-size': '20m' } },
      deploy: {
        resources: { limits: { cpus: expect.stringMatching(/^[\d.]+$/), memory: expect.stringMatching(/^\d+[mg]$/) } },
      },
      image: expect.stringMatching(/:(?!latest)[\w.-]+$/),
    });
  });

  it('that runs a script of this repository names one that is there', () => {
    const [, script = ''] = COMPOSE.services.k6?.command ?? [];
    expect(COMPOSE.services.k6?.volumes).toEqual(['../loadtest:/loadtest:ro']);
    expect(existsSync(join(ROOT, script))).toBe(true);
  });

  it('is reached from outside through nginx alone, on port 8080', () => {
    expect(SERVICES.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))).toEqual([
      'nginx 8080:8080',
    ]);
  });

  it('mounts files of this repository that exist, or volumes that are declared', () => {
    const declared = Object.keys(COMPOSE.volumes ?? {});
    for (const [name, { volumes = [] }] of SERVICES) {
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        const isThere = source.startsWith('.') ? existsSync(join(DEPLOY, source)) : declared.includes(source);
        expect(isThere || source === '/var/lib/docker/containers', `${name}: ${source}`).toBe(true);
      }
    }
  });

  it('belongs to what always runs or to a known profile', () => {
    const always = SERVICES.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(always.sort()).toEqual([...NODES, 'nginx', 'postgres', 'redis']);
    const profiles = new Set(SERVICES.flatMap(([, service]) => service.profiles ?? []));
    expect([...profiles].sort()).toEqual(['load', 'logs', 'observability']);
  });
});

describe('what looks at the cluster', () => {
  const isService = (host: string) => host in COMPOSE.services || host === 'localhost';

  it('is told of services that exist', () => {
    const jobs: { static_configs: { targets: string[] }[] }[] = yaml('docker/prometheus.yaml').scrape_configs;
    const targets = jobs.flatMap(({ static_configs }) => static_configs.flatMap((each) => each.targets));
    expect(targets.filter((target) => !isService(target.split(':')[0] ?? ''))).toEqual([]);
    expect(targets).toEqual(expect.arrayContaining(NODES.map((node) => `${node}:3000`)));
    const sources: { url: string }[] = yaml('docker/grafana/datasources/c2c.yaml').datasources;
    expect(sources.map(({ url }) => new URL(url).host)).toEqual(['prometheus:9090', 'loki:3100']);
    expect(new URL(yaml('docker/vector.yaml').sinks.loki.endpoint).port).toBe(
      String(yaml('docker/loki.yaml').server.http_listen_port),
    );
  });

  it('takes logs from end to end, each stage from one that exists', () => {
    const { sources, transforms, sinks } = yaml('docker/vector.yaml');
    const known = Object.keys({ ...sources, ...transforms });
    const wanted = Object.values({ ...transforms, ...sinks } as Record<string, { inputs: string[] }>).flatMap(
      ({ inputs }) => inputs,
    );
    expect(wanted.filter((input) => !known.includes(input))).toEqual([]);
    expect(transforms.lines.source).toContain(`!= "${COMPOSE.name}"`);
    const { panels } = JSON.parse(readFileSync(join(DEPLOY, 'docker/grafana/errors-by-code.json'), 'utf8'));
    const labels = Object.keys(sinks.loki.labels);
    const used = panels.flatMap((panel: { targets: { expr: string }[] }) =>
      panel.targets.flatMap(({ expr }) => [...expr.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label]) => label)),
    );
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((label: string) => !labels.includes(label))).toEqual([]);
  });

  it('is understood by Prometheus, where there is a promtool', () => {
    const promtool = findOnPath('promtool');
    if (promtool === null) return;
    const file = join(DEPLOY, 'docker/prometheus.yaml');
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'config', '--syntax-only', file], {
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
  });
});

it('docker compose reads the file as well, where it is installed', () => {
  if (spawnSync('docker', ['compose', 'version']).status !== 0) return;
  const profiles = ['--profile', 'observability', '--profile', 'logs', '--profile', 'load'];
  const env = { ...process.env, ...SECRETS };
  const { status, stderr } = spawnSync(
    'docker',
    ['compose', '--file', COMPOSE_FILE, ...profiles, 'config', '--quiet'],
    { env, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
});

it('the workflow runs what everybody runs', () => {
  const { jobs } = parse(readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8'));
  expect(jobs.run.steps.map((step: { run?: string }) => step.run).filter(Boolean)).toEqual(['.ci/run']);
  expect(() => accessSync(join(ROOT, '.ci/run'), constants.X_OK)).not.toThrow();
});
