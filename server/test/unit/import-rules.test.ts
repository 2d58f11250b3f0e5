/** The rules about code are real: each planted violation makes its tool fail, and a tree without one passes. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BIN = join(ROOT, 'node_modules/.bin');

type Files = Readonly<Record<string, string>>;
type Outcome = { code: number; output: string };

/** A tree in the shape of ours in which everything is allowed. */
const CLEAN: Files = {
  'package.json': '{ "name": "c2c", "workspaces": ["server", "web", "loadtest", "deploy"] }',
  'server/package.json':
    '{ "name": "@c2c/server", "exports": { "./protocol": "./src/protocol/index.ts" }, "dependencies": { "ioredis": "*", "typebox": "*", "ws": "*" } }',
  'web/package.json': '{ "name": "@c2c/web", "exports": { "./client": "./src/net/client.ts" } }',
  'server/src/main.ts': "import { app } from './app.ts';\nprocess.stdout.write(app);\n",
  'server/src/app.ts': "import { LIMIT } from './protocol/index.ts';\nexport const app = String(LIMIT);\n",
  'server/src/config.ts': 'export type Config = { PORT: number };\n',
  'server/src/protocol/index.ts': "import { Type } from 'typebox';\nexport const LIMIT = [Type].length;\n",
  'server/src/service/ports.ts': 'export interface Bus { close(): void }\n',
  'server/src/service/use-cases.ts': 'export interface UseCases { join(): void }\n',
  'server/src/service/join-room.ts':
    "import { LIMIT } from '../protocol/index.ts';\nexport const join = () => LIMIT;\n",
  'server/src/bus/redis-bus.ts':
    "import type { Redis } from 'ioredis';\nimport type { Bus } from '../service/ports.ts';\nexport type RedisBus = Bus & { redis: Redis };\n",
  'server/src/fanout/feed.ts': "import type { Bus } from '../service/ports.ts';\nexport type Feed = { bus: Bus };\n",
  'server/src/transport/door.ts': 'export type Door = { path: string };\n',
  'server/src/transport/websocket/websocket-door.ts':
    "import type { WebSocket } from 'ws';\nimport type { UseCases } from '../../service/use-cases.ts';\nimport type { Door } from '../door.ts';\nexport type WebsocketDoor = Door & { ws: WebSocket; useCases: UseCases };\n",
  'server/src/transport/http/app.ts': "import type { Door } from '../door.ts';\nexport type Http = { door: Door };\n",
  'server/test/app.test.ts':
    "import { app } from '../src/app.ts';\nimport { chat } from '@c2c/web/client';\nexport const both = [app, chat];\n",
  'web/src/net/client.ts': "import { LIMIT } from '@c2c/server/protocol';\nexport const chat = LIMIT;\n",
  'web/src/model/room.ts': "import { chat } from '../net/client.ts';\nexport const room = chat;\n",
  'web/src/ui/page.ts': "import { room } from '../model/room.ts';\nexport const page = room;\n",
  'loadtest/package.json': '{ "name": "@c2c/loadtest" }',
  'loadtest/smoke.ts': "import { LIMIT } from '@c2c/server/protocol';\nexport const users = LIMIT;\n",
  'deploy/start.ts': 'export const start = 1;\n',
};

const IMPORT_VIOLATIONS: readonly { says: string; rule: string; file: string; text: string }[] = [
  {
    says: 'protocol imports the service',
    rule: 'protocol-imports',
    file: 'server/src/protocol/planted.ts',
    text: "import type { Bus } from '../service/ports.ts';\nexport type Planted = Bus;\n",
  },
  {
    says: 'a use case imports a store',
    rule: 'service-imports',
    file: 'server/src/service/planted.ts',
    text: "import type { RedisBus } from '../bus/redis-bus.ts';\nexport type Planted = RedisBus;\n",
  },
  {
    says: 'fan-out imports the type of a Redis client',
    rule: 'fanout-imports',
    file: 'server/src/fanout/planted.ts',
    text: "import type { Redis } from 'ioredis';\nexport type Planted = Redis;\n",
  },
  {
    says: 'the bus imports a use case',
    rule: 'bus-imports',
    file: 'server/src/bus/planted.ts',
    text: "import { join } from '../service/join-room.ts';\nexport const planted = join;\n",
  },
  {
    says: 'one transport imports another',
    rule: 'transport-http-imports',
    file: 'server/src/transport/http/planted.ts',
    text: "import type { WebsocketDoor } from '../websocket/websocket-door.ts';\nexport type Planted = WebsocketDoor;\n",
  },
  {
    says: 'a part imports the composition root',
    rule: 'app-is-the-root',
    file: 'server/src/ops/planted.ts',
    text: "import { app } from '../app.ts';\nexport const planted = app;\n",
  },
  {
    says: 'a part reads the configuration itself',
    rule: 'parts-know-no-wiring',
    file: 'server/src/presence/planted.ts',
    text: "import type { Config } from '../config.ts';\nexport type Planted = Config;\n",
  },
  {
    says: 'another file than main.ts imports the process',
    rule: 'one-process',
    file: 'server/src/ops/exit.ts',
    text: "import process from 'node:process';\nexport const planted = process.pid;\n",
  },
  {
    says: 'two files import the types of each other',
    rule: 'no-cycles',
    file: 'server/src/fanout/planted-cycle.ts',
    text: "import type { Other } from './planted-other.ts';\nexport type One = { other: Other };\n",
  },
  {
    says: 'web reaches past the export map',
    rule: 'the-export-map-is-the-wall',
    file: 'web/src/net/planted.ts',
    text: "import { app } from '../../../server/src/app.ts';\nexport const planted = app;\n",
  },
  {
    says: 'the load test imports the protocol by its path',
    rule: 'protocol-by-its-name',
    file: 'loadtest/planted.ts',
    text: "import { LIMIT } from '../server/src/protocol/index.ts';\nexport const planted = LIMIT;\n",
  },
  {
    says: 'a component sees the socket',
    rule: 'ui-sees-no-socket',
    file: 'web/src/ui/planted.ts',
    text: "import { chat } from '../net/client.ts';\nexport const planted = chat;\n",
  },
];

/** The other half of the planted cycle. */
const OTHER_HALF: Files = {
  'server/src/fanout/planted-other.ts':
    "import type { One } from './planted-cycle.ts';\nexport type Other = { one: One };\n",
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function plant(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-rules-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const config of ['.dependency-cruiser.cjs', 'biome.json', 'tsconfig.base.json', '.gitignore']) {
    cpSync(join(ROOT, config), join(folder, config));
  }
  linkPackages(folder);
  return folder;
}

function linkPackages(folder: string): void {
  mkdirSync(join(folder, 'node_modules/@c2c'), { recursive: true });
  for (const name of ['server', 'web']) symlinkSync(join(folder, name), join(folder, 'node_modules/@c2c', name));
  for (const name of ['ioredis', 'typebox', 'ws']) {
    mkdirSync(join(folder, 'node_modules', name));
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), `{ "name": "${name}", "main": "index.js" }`);
    writeFileSync(join(folder, 'node_modules', name, 'index.js'), '');
  }
}

function run(folder: string, program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(join(BIN, program), args, { cwd: folder, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : Number(error !== null);
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

const cruise = (folder: string): Promise<Outcome> =>
  run(folder, 'depcruise', ['--config', '.dependency-cruiser.cjs', 'server', 'web', 'loadtest', 'deploy']);
const lint = (folder: string): Promise<Outcome> => run(folder, 'biome', ['lint', '--max-diagnostics=50', '.']);

describe('imports', () => {
  let planted: Outcome = { code: -1, output: '' };

  beforeAll(async () => {
    const violations = Object.fromEntries(IMPORT_VIOLATIONS.map(({ file, text }) => [file, text]));
    planted = await cruise(plant({ ...CLEAN, ...violations, ...OTHER_HALF }));
  });

  test('a tree that keeps the rules passes', async () => {
    const outcome = await cruise(plant(CLEAN));

    expect(outcome.output).toContain('no dependency violations found');
    expect(outcome.code).toBe(0);
  });

  test('a tree with violations fails', () => {
    expect(planted.code).toBeGreaterThan(0);
  });

  test.for(IMPORT_VIOLATIONS)('it is found when $says', ({ rule, file }) => {
    expect(planted.output).toMatch(new RegExp(`error ${rule}: ${file.replaceAll('.', '\\.')} →`));
  });
});

describe('code', () => {
  const VIOLATIONS: Files = {
    'server/src/service/any.ts': 'export const planted = (value: any) => value;\n',
    'server/src/service/bang.ts': 'export const planted = (value: string | null) => value!.length;\n',
    'server/src/service/exits.ts': 'export const planted = () => process.exit(1);\n',
    'server/src/service/CamelCase.ts': 'export const planted = 1;\n',
    'server/src/service/prints.ts': "console.log('planted');\n",
  };
  let planted: Outcome = { code: -1, output: '' };

  beforeAll(async () => {
    planted = await lint(plant({ ...CLEAN, ...VIOLATIONS }));
  });

  test('a tree that keeps the rules passes', async () => {
    expect(await lint(plant(CLEAN))).toMatchObject({ code: 0 });
  });

  test.for([
    ['any', 'noExplicitAny'],
    ['bang', 'noNonNullAssertion'],
    ['exits', 'noRestrictedGlobals'],
    ['CamelCase', 'useFilenamingConvention'],
    ['prints', 'noConsole'],
  ])('%s.ts fails by %s', ([file, rule]) => {
    expect(planted.code).toBeGreaterThan(0);
    expect(planted.output).toMatch(new RegExp(`service/${file}\\.ts\\S* lint/\\w+/${rule}`));
  });

  test('a file that is too long fails', async () => {
    const folder = plant({ ...CLEAN, 'server/src/service/long.lua': '-- planted\n'.repeat(301) });
    const script = join(ROOT, 'deploy/checks/file-sizes.mjs');
    const outcome = await new Promise<Outcome>((resolve) => {
      execFile(process.execPath, [script, '300', 'server', 'web'], { cwd: folder }, (error, output) =>
        resolve({ code: Number(error !== null), output }),
      );
    });

    expect(outcome).toEqual({ code: 1, output: 'server/src/service/long.lua has 301 lines; 300 is the most\n' });
  });
});
