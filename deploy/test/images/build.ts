/** Builds a stage of a Dockerfile without Docker: its steps in a folder of its own, as ordinary processes. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import dockerignore from '@balena/dockerignore';
import { NGINX } from '../../local/services/provision.ts';
import { commandOf, type Stage, type Step } from './dockerfile.ts';

const run = promisify(execFile);

/** What a container would begin with. `folder` is its `/`; `environment`, `workdir`, `command` still speak of that `/`. */
export type Image = {
  folder: string;
  workdir: string;
  environment: Record<string, string>;
  command: string[];
  healthcheck: string[];
  user: string;
  stopSignal: NodeJS.Signals;
};

/** Copies to `folder` what a builder would be sent of the clone at `root`: what git knows and .dockerignore lets through. */
export async function sendContext(root: string, folder: string): Promise<void> {
  const isSent = contextFilter(root);
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of listed.stdout.split('\0').filter((path) => path !== '' && isSent(path))) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
}

/** Whether a file, by its path in the clone, is sent to the builder. */
export function contextFilter(root: string): (path: string) => boolean {
  const rules = dockerignore.default().add(readFileSync(join(root, '.dockerignore'), 'utf8'));
  return (path) => !rules.ignores(path);
}

/** Builds stages once each, whoever asks. `context` is what the builder was sent; stages stand side by side in `folder`. */
export function createBuilder(stages: readonly Stage[], { context, folder }: { context: string; folder: string }) {
  const built = new Map<string, Promise<Image>>();

  function build(name: string): Promise<Image> {
    const known = built.get(name);
    if (known !== undefined) return known;
    const stage = stages.find((candidate) => candidate.name === name);
    if (stage === undefined) throw new Error(`there is no stage ${name}`);
    const image = execute(stage);
    built.set(name, image);
    return image;
  }

  async function execute(stage: Stage): Promise<Image> {
    const isStage = stages.some(({ name }) => name === stage.base);
    const base = isStage ? await build(stage.base) : EMPTY;
    const image = { ...structuredClone(base), folder: join(folder, stage.name) };
    mkdirSync(image.folder);
    if (isStage) cpSync(base.folder, image.folder, { recursive: true, verbatimSymlinks: true });
    for (const step of stage.steps) await perform(step, image);
    return image;
  }

  async function perform(step: Step, image: Image): Promise<void> {
    if (step.keyword === 'COPY') await copy(step, image);
    else if (step.keyword === 'RUN') await runStep(step.text, image);
    else note(step, image);
  }

  async function copy({ args, from }: Step, image: Image): Promise<void> {
    const source = from === null ? context : (await build(from)).folder;
    const target = args.at(-1) ?? '';
    for (const path of args.slice(0, -1)) {
      const origin = join(source, path);
      if (!existsSync(origin)) throw new Error(`COPY ${path}: there is no such file in ${from ?? 'the context'}`);
      // as Docker: into the target where that ends with a slash and a file is copied, else to it
      const isFile = target.endsWith('/') && statSync(origin).isFile();
      const place = join(image.folder, image.workdir, target, isFile ? basename(path) : '');
      cpSync(origin, place, { recursive: true, verbatimSymlinks: true });
    }
  }

  return { build };
}

const EMPTY: Image = {
  folder: '',
  workdir: '/',
  environment: {},
  command: [],
  healthcheck: [],
  user: 'root',
  stopSignal: 'SIGTERM',
};

/** Packages of Debian are not installed here: they must be the one that the launcher got. */
async function runStep(text: string, { folder, workdir, environment }: Image): Promise<void> {
  const [, packages] = /apt-get install (?:--\S+ )*([^&]+?) &&/.exec(text) ?? [];
  if (packages !== undefined) {
    if (packages !== NGINX.debian) throw new Error(`the tests cannot tell what ${packages} brings`);
    return;
  }
  const env = { ...process.env, ...environment, npm_config_prefer_offline: 'true', NODE_ENV: environment.NODE_ENV };
  await run('/bin/sh', ['-c', text], { cwd: join(folder, workdir), env, maxBuffer: 1 << 26 });
}

function note({ keyword, text, pairs }: Step, image: Image): void {
  if (keyword === 'WORKDIR') {
    image.workdir = text;
    mkdirSync(join(image.folder, text), { recursive: true });
  } else if (keyword === 'ENV') {
    Object.assign(image.environment, Object.fromEntries(pairs));
  } else if (keyword === 'USER') {
    image.user = text;
  } else if (keyword === 'STOPSIGNAL') {
    image.stopSignal = text as NodeJS.Signals;
  } else if (keyword === 'CMD') {
    image.command = commandOf(text);
  } else if (keyword === 'HEALTHCHECK') {
    image.healthcheck = commandOf(text);
  } else if (!['ARG', 'EXPOSE'].includes(keyword)) {
    throw new Error(`the tests cannot perform ${keyword}`);
  }
}
