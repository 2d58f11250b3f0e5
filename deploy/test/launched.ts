/** The launcher as a person runs it: started, listened to and interrupted. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What every `npm run` command of the launcher goes through. */
export const DOOR = join(import.meta.dirname, '../local/c2c.mjs');

/** Starts in a process group of its own, as a terminal does; `said` waits until the output holds something. */
export function launch(home: string, args: string[]) {
  const env = { ...process.env, C2C_HOME: home, npm_lifecycle_event: undefined };
  const child = spawn(process.execPath, [DOOR, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let look: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      text += data.toString('utf8');
      look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      look = () => {
        if (pattern.test(text)) resolve(text);
      };
      look();
      void ended.then(() => reject(new Error(`ended without saying ${pattern}:\n${text}`)));
    });
  return { pid: child.pid ?? 0, said, ended, interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT') };
}
