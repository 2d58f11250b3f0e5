/** Runs what a container of an image would run, as an ordinary process that may write nowhere but in a folder given to it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../../local/process/child.ts';
import type { Image } from './build.ts';

const NOBODY = 65_534;

/** `map` says where texts of the container (addresses, names of hosts, folders) are to be found here. */
export type ContainerOptions = {
  image: Image;
  environment: Record<string, string>;
  map: Record<string, string>;
  logFile: string;
};

/** `check` runs the image's health check, or it with other arguments, and answers its exit code. */
export type Container = Child & { check(...args: string[]): number | null };

/** Starts the image's command in its environment and that of the compose file. As root it runs as nobody, who owns nothing here. */
export async function startContainer({ image, environment, map, logFile }: ContainerOptions): Promise<Container> {
  const here = (text: string) =>
    Object.entries(map).reduce(
      (result, [there, place]) => result.replaceAll(there, place),
      text.replace(/^\/app\b/, join(image.folder, '/app')),
    );
  const told = Object.entries({ ...image.environment, ...environment }).map(([name, value]) => [name, here(value)]);
  const env = { PATH: process.env.PATH, ...Object.fromEntries(told) };
  const cwd = join(image.folder, image.workdir);
  execFileSync('chmod', ['-R', 'a-w,a+rX', image.folder]);
  writeFileSync(logFile, '');
  // nginx opens it again, as its own user
  chmodSync(logFile, 0o666);
  const owner = mayBecomeNobody(cwd) ? { uid: NOBODY, gid: NOBODY } : {};
  const [file = '', ...args] = image.command;
  const child = await startChild({ file, args, env, cwd, logFile, ...owner });
  const [probe = '', ...probeArgs] = image.healthcheck;
  const check = (...other: string[]) =>
    spawnSync(probe, other.length > 0 ? [...probeArgs.slice(0, 1), ...other] : probeArgs, { cwd, env, ...owner })
      .status;
  return { ...child, check };
}

function mayBecomeNobody(cwd: string): boolean {
  if (process.getuid?.() !== 0) return false;
  return spawnSync(process.execPath, ['--version'], { cwd, uid: NOBODY, gid: NOBODY }).status === 0;
}
