/** `npm run errors`: what it finds, understands and changes. That running nodes hear of it is tested with them, in the server. */

import { readFileSync } from 'node:fs';
import { ERRORS, LOCALES } from '@c2c/server/protocol';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../local/commands/errors.ts';
import type { ErrorRow } from '../local/errors/error-database.ts';
import { databaseFindings, tableFindings } from '../local/errors/findings.ts';
import { parseErrorsCommand } from '../local/errors/options.ts';
import { startPostgres } from '../local/services/postgres.ts';
import { temporaryFolder } from './temporary-folder.ts';

const text = (message: string, hint: string | null = null) => ({ message, hint });
const TABLE = { GONE: { texts: { ko: text('없습니다'), en: text('gone') } } };

describe('the check of texts', () => {
  it('finds nothing in the program as it is', () => {
    expect(tableFindings(ERRORS, LOCALES)).toEqual([]);
  });

  it('names a code without a text in a language, and a hint that is not in all of them', () => {
    const table = {
      BLANK: { texts: { ko: text('있다'), en: text('  ') } },
      HALF: { texts: { ko: text('있다', '다시'), en: text('there') } },
      FINE: { texts: { ko: text('있다', '다시'), en: text('there', 'again') } },
    };
    expect(tableFindings(table, ['ko', 'en', 'ja'])).toEqual([
      'BLANK has no text in en',
      'BLANK has no text in ja',
      'HALF has no text in ja',
      'HALF has a hint, but not in en',
      'HALF has a hint, but not in ja',
      'FINE has no text in ja',
      'FINE has a hint, but not in ja',
    ]);
  });

  it('names what a database lacks and what no node reads', () => {
    const row = (code: string, locale: string, message: string): ErrorRow => ({
      ...{ code, locale, message, hint: null, seeded: false },
      updatedAt: new Date(),
    });
    expect(databaseFindings([row('GONE', 'ko', 'a'), row('GONE', 'en', 'b')], TABLE, ['ko', 'en'])).toEqual([]);
    const rows = [
      row('GONE', 'ko', ' '),
      row('GONE', 'tlh', 'c'),
      row('OLD', 'en', 'd'),
      row('GONE', 'en', 'x'.repeat(1_001)),
    ];
    expect(databaseFindings(rows, TABLE, ['ko', 'en'])).toEqual([
      "GONE/ko has no text: the program's own is used",
      'GONE/tlh is no code and language of this program: nobody reads it',
      'OLD/en is no code and language of this program: nobody reads it',
      "GONE/en is longer than 1000 characters: the program's own is used",
    ]);
  });
});

describe('the command line', () => {
  it('takes a text in quotes, and a hint that is left out, given or emptied', () => {
    const set = ['set', 'room_not_found', '--locale', 'ko', '--message', ' 방이 없어요 '];
    const change = { code: 'ROOM_NOT_FOUND', locale: 'ko', message: '방이 없어요' };
    const command = { verb: 'set', database: undefined };
    expect(parseErrorsCommand(set)).toEqual({ ...command, change: { ...change, hint: undefined } });
    expect(parseErrorsCommand([...set, '--hint', '다시'])).toEqual({ ...command, change: { ...change, hint: '다시' } });
    expect(parseErrorsCommand([...set, '--hint', ''])).toEqual({ ...command, change: { ...change, hint: null } });
  });

  it('means all languages where none is named', () => {
    expect(parseErrorsCommand(['reset', 'INTERNAL'])).toMatchObject({ verb: 'reset', locales: LOCALES });
    expect(parseErrorsCommand(['list', '--locale', 'ja', '--json'])).toMatchObject({ locale: 'ja', isJson: true });
    expect(parseErrorsCommand([])).toMatchObject({ verb: 'help' });
    expect(parseErrorsCommand(['set', '--help'])).toMatchObject({ verb: 'help' });
  });

  it.each([
    [['sat'], 'there is no sat'],
    [['set', 'NOPE'], 'there is no code NOPE'],
    [['set'], 'which code?'],
    [['set', 'INTERNAL', '--message', 'x'], '--locale is needed'],
    [['set', 'INTERNAL', '--locale', 'ko'], '--message is needed'],
    [['set', 'INTERNAL', '--locale', 'tlh', '--message', 'x'], 'there is no language tlh'],
    [['set', 'INTERNAL', '--locale', 'ko', '--message', 'x'.repeat(1_001)], 'at most 1000'],
    [['set', 'INTERNAL', '방이', '--locale', 'ko'], 'quotes'],
    [['check', '--colour'], 'colour'],
  ])('%j is a mistake that is named', (args, told) => {
    expect(() => parseErrorsCommand(args)).toThrow(told);
  });
});

describe('the command with a database', () => {
  it('says that no node has made the table, then checks, lists, changes and gives back', async () => {
    const home = temporaryFolder();
    const postgres = await startPostgres({ dir: temporaryFolder() });
    onTestFinished(() => postgres.stop());
    const said: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    onTestFinished(() => void vi.restoreAllMocks());
    const errors = async (...args: string[]) => {
      said.length = 0;
      const context = { root: home, home, signal: new AbortController().signal };
      const code = await run([...args, '--database', postgres.url], context);
      return { code, output: said.join('\n') };
    };
    const set = ['set', 'ROOM_NOT_FOUND', '--locale', 'ja', '--message', '部屋はありません'];
    const row = 'ROOM_NOT_FOUND         ja';

    expect(await errors('check')).toEqual({ code: 0, output: expect.stringContaining('no error_info yet') });
    await expect(errors(...set)).rejects.toThrow('no database to change');
    await migrate(postgres.url);
    expect(await errors('check')).toEqual({
      code: 1,
      output: expect.stringContaining('ROOM_NOT_FOUND/ja has no text'),
    });
    for (const code of Object.keys(ERRORS)) await errors('reset', code);
    expect(await errors('check')).toEqual({ code: 0, output: expect.stringContaining('0 of them changed') });

    await errors(...set, '--hint', 'リンクを');
    expect((await errors('list', '--code', 'ROOM_NOT_FOUND', '--locale', 'ja')).output).toBe(
      `${row} * 部屋はありません — リンクを`,
    );
    await errors(...set);
    expect((await errors('list', 'ROOM_NOT_FOUND')).output).toContain(`${row} * 部屋はありません — リンクを`);
    await errors(...set, '--hint', '');
    expect((await errors('list', 'ROOM_NOT_FOUND')).output.split('\n')).toContain(`${row} * 部屋はありません`);
    expect((await errors('check')).output).toContain('1 of them changed');
    await errors('reset', 'ROOM_NOT_FOUND', '--locale', 'ja');
    expect((await errors('check')).output).toContain('0 of them changed');

    await postgres.stop();
    expect(await errors('check')).toEqual({ code: 0, output: expect.stringContaining('database: not looked at') });
  });
});

/** What a node does when it starts, but for the rows. */
async function migrate(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(readFileSync(new URL('../../server/migrations/001.do.error-info.sql', import.meta.url), 'utf8'));
  await client.end();
}
