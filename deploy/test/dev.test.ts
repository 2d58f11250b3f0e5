/** `npm run dev` as a developer uses it: the page and the API behind one address, a change shows, and Ctrl-C leaves nothing. */
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leftovers, readState } from '../local/cluster/state.ts';
import { isAlive } from '../local/process/identity.ts';
import { anyFreePort } from '../local/process/ports.ts';
import { launch } from './launched.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CHANGED = join(import.meta.dirname, '../../web/src/i18n/ko.ts');

/** Written at another time, with the same content; as it was once the test is over. */
function touch(file: string): void {
  const { atime, mtime } = statSync(file);
  onTestFinished(() => utimesSync(file, atime, mtime));
  utimesSync(file, new Date(), new Date());
}

it('serves the page and the API, takes a change of web/src over, and leaves nothing behind', {
  timeout: 180_000,
}, async () => {
  const home = temporaryFolder();
  const launcher = launch(home, ['dev', '--port', String(await anyFreePort())]);
  const said = await launcher.said(/is running for development/);
  const page = /https?:\/\/127\.0\.0\.1:\d+(?= +follows web\/src)/.exec(said)?.[0] ?? '';
  const textAt = async (path: string) => (await fetch(page + path)).text();

  expect(await textAt('/')).toContain('/@vite/client');
  expect(await textAt('/src/main.tsx')).toContain('/src/ui/page.tsx');
  expect(JSON.parse(await textAt('/api/errors'))).toMatchObject({ success: true });

  await textAt('/src/i18n/ko.ts');
  expect(await textAt('/src/i18n/texts.ts')).not.toContain('ko.ts?t=');
  touch(CHANGED);
  // Whoever imports the changed module is told a new address for it, which is how the page gets it.
  await expect.poll(() => textAt('/src/i18n/texts.ts'), { timeout: 20_000 }).toContain('ko.ts?t=');

  const state = readState(home);
  launcher.interrupt();
  expect(await launcher.ended).toBe(0);
  expect(state === null ? null : leftovers(state)).toEqual([]);
  expect(state !== null && isAlive(state.launcher)).toBe(false);
  await expect(fetch(page)).rejects.toThrow();
});
