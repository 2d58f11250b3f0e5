/** The command that checks history files: its line, its list of violations and its exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { formatHistory, type HistoryRecord } from '../history/format.ts';
import { ModelRoom } from '../support/model-history.ts';

const SERVER = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'c2c-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function check(...files: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/history/check.ts', ...files],
    { cwd: SERVER, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

function history(): HistoryRecord[] {
  const room = new ModelRoom();
  for (const client of ['ann', 'bo']) {
    room.connect(client);
    room.join(client);
  }
  room.send('ann');
  room.send('bo');
  return room.records;
}

describe('the command', () => {
  it('reads the clients of several files as one history and exits with 0 when the promise was kept', () => {
    const files = ['ann', 'bo'].map((client) =>
      fileOf(`${client}.jsonl`, formatHistory(history().filter((record) => record.client === client))),
    );
    expect(check(...files)).toEqual({
      status: 0,
      stdout:
        'acked 2 · lost 0 · duplicated 0 · reordered 0 · unsignalled gaps 0 · false recoveries 0 · resyncs 0 · wire repeats 0\n',
      stderr: '',
    });
  });

  it('exits with 1 and names each violation', () => {
    const records = history().filter((record) => record.client !== 'bo' || record.kind !== 'app');
    const { status, stdout, stderr } = check(fileOf('broken.jsonl', formatHistory(records)));
    expect(status).toBe(1);
    expect(stdout).toContain('lost 2 ');
    expect(stderr).toMatch(/^lost: bo in room0001: never got epoch\.00000001-1 \(text 1\)$/m);
  });

  it('exits with 2 for what is no history, and without files', () => {
    expect(check(fileOf('other.jsonl', '{"kind":"msg"}\n'))).toMatchObject({ status: 2, stdout: '' });
    expect(check()).toMatchObject({ status: 2, stdout: '' });
  });
});
