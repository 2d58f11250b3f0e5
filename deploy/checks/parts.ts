/** The parts of `npm run check`: what each is called, what it runs, and what it means when it fails. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One part. `command` is a program of node_modules/.bin with its arguments, run in the root of the clone. */
export type Part = { name: string; command: readonly [file: string, ...args: string[]] };

/** The most lines a source file may have; biome has no rule for Lua. */
const SIZE_LIMIT = '300';

const COMPOSE_FILES = ['deploy/compose.yaml', 'deploy/compose.ports.yaml'];

/** All parts for this clone, the slow ones first. */
export function checkParts(root: string): Part[] {
  const workspaces = workspacesOf(root);
  return [
    ...typeParts(root, workspaces),
    { name: 'dead code', command: ['knip', '--no-progress'] },
    {
      name: 'imports',
      command: ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...workspaces],
    },
    { name: 'lint and format', command: ['biome', 'ci', '--colors=off', '--error-on-warnings', '.'] },
    { name: 'configuration page', command: ['tsx', 'server/scripts/configuration-page.ts', '--check'] },
    {
      name: 'compose file',
      command: ['dclint', '--config', 'deploy/dclint.json', '--max-warnings', '0', ...COMPOSE_FILES],
    },
    { name: 'Dockerfile', command: ['dockerfile-utils', 'lint', 'deploy/docker/Dockerfile'] },
    { name: 'file sizes', command: ['node', 'deploy/checks/file-sizes.mjs', SIZE_LIMIT, ...workspaces] },
  ];
}

/** One part per TypeScript project that is not for building; a `.tsbuildinfo` makes the next run short. */
function typeParts(root: string, workspaces: readonly string[]): Part[] {
  const projects = workspaces.flatMap((workspace) =>
    readdirSync(join(root, workspace))
      .filter((file) => /^tsconfig.*\.json$/.test(file) && file !== 'tsconfig.build.json')
      .map((file) => `${workspace}/${file}`),
  );
  return [...projects, 'server/src/protocol/tsconfig.json'].map((project) => ({
    name: `types: ${project.replace(/\/tsconfig\.json$/, '')}`,
    command: ['tsc', '-p', project, '--incremental', '--tsBuildInfoFile', infoFile(project)],
  }));
}

function infoFile(project: string): string {
  return `.c2c/check/${project.replaceAll('/', '-')}.tsbuildinfo`;
}

function workspacesOf(root: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { workspaces } = manifest as { workspaces: string[] };
  return workspaces;
}
