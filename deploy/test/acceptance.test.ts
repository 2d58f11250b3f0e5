/** What the check list says where it cannot be gone through, in whole or in part. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { chatChecks } from '../local/acceptance/chat-checks.ts';
import { Skipped } from '../local/acceptance/check.ts';
import { createWorld } from '../local/acceptance/world.ts';
import { goThrough } from '../local/commands/acceptance.ts';
import { anyFreePort } from '../local/process/ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DOOR = join(import.meta.dirname, '../local/c2c.mjs');
const crossing = chatChecks.filter(({ title }) => title.startsWith('a message goes from one node'));

async function nowhere(): Promise<string> {
  return `http://127.0.0.1:${await anyFreePort()}`;
}

function worldOf(nodeUrls: readonly string[]) {
  const world = createWorld({ url: 'http://127.0.0.1:1', redisUrl: 'redis://127.0.0.1:1', nodeUrls });
  onTestFinished(() => world.close());
  return world;
}

/** What is said while `checks` are gone through, and the exit code. */
async function outcome(nodeUrls: readonly string[], checks = crossing) {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => log.mockRestore());
  const code = await goThrough(worldOf(nodeUrls), new AbortController().signal, checks);
  return { code, text: log.mock.calls.join('\n') };
}

describe('npm run acceptance', () => {
  it.each([
    ['an address nobody answers at', nowhere],
    ['what is no URL', async () => 'nonsense'],
  ])('ends in one sentence at %s', async (_, address) => {
    const url = await address();
    const { status, stdout, stderr } = spawnSync(process.execPath, [DOOR, 'acceptance', '--url', url], {
      env: { ...process.env, C2C_HOME: temporaryFolder() },
      encoding: 'utf8',
    });
    expect({ status, text: stdout + stderr }).toEqual({
      status: 1,
      text: `✘ no cluster answers at ${url}; npm start starts one\n`,
    });
  });

  it('fails the line that needs two nodes where none is known or one is away', async () => {
    expect(await outcome([])).toMatchObject({ code: 1, text: expect.stringContaining('no node is known here') });
    const away = await nowhere();
    expect(await outcome([away])).toMatchObject({ code: 1, text: expect.stringContaining(`do not answer: ${away}`) });
  });

  it('says which line was skipped and why, and does not count it as one that holds', async () => {
    const lonely = { title: 'from one to another', check: () => Promise.reject(new Skipped('there is only one node')) };
    const fine = { title: 'fine', check: () => Promise.resolve(undefined) };
    const { code, text } = await outcome([], [fine, lonely]);
    expect(code).toBe(0);
    expect(text).toContain('! skipped: from one to another\n    there is only one node');
    expect(text).toContain('1 of 2 lines hold, 1 skipped');
  });
});
