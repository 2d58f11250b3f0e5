/** Reading, choosing and counting the nodes' logs. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../local/commands/logs.ts';
import { errorsByMinute, errorsOverTime, topErrors } from '../local/logs/error-patterns.ts';
import { entryFilter, formatEntry, parseEntry } from '../local/logs/log-entry.ts';
import { createLogReader } from '../local/logs/log-reader.ts';
import { parseLogs } from '../local/logs/options.ts';
import { temporaryFolder } from './temporary-folder.ts';

const line = (fields: object) =>
  JSON.stringify({ level: 'info', time: '2025-01-01T00:00:00.000Z', msg: 'refused', ...fields });
const entry = (fields: object, node = 'n1') => parseEntry(line(fields), node, 0);

describe('a line of a log', () => {
  it('is read with levels by name or number and times as text or number', () => {
    expect(entry({ level: 'warn' })).toMatchObject({ level: 40, timeMs: Date.UTC(2025, 0), message: 'refused' });
    expect(entry({ level: 50, time: 7 })).toMatchObject({ level: 50, timeMs: 7 });
  });

  it('that is no JSON is an error at the time of the line before it', () => {
    expect(parseEntry('Error: boom', 'n2', 42)).toMatchObject({ level: 50, timeMs: 42, message: 'Error: boom' });
  });

  it('is chosen by trace, level, code and node together', () => {
    const one = entry({ traceId: 't1', code: 'ROOM_NOT_FOUND' });
    expect(entryFilter({ trace: 't1', code: 'ROOM_NOT_FOUND', node: 'n1' })(one)).toBe(true);
    expect(entryFilter({ trace: 't2' })(one)).toBe(false);
    expect(entryFilter({ level: 'warn' })(one)).toBe(false);
    expect(entryFilter({ node: 'n2' })(one)).toBe(false);
    expect(entryFilter({ code: 'INTERNAL' })(entry({ err: { code: 'INTERNAL' } }))).toBe(true);
  });

  it('is shown with its time, node, level, message and fields', () => {
    expect(formatEntry(entry({ traceId: 't1', port: 3 }))).toBe('00:00:00.000 n1  INFO  refused traceId=t1 port=3');
  });
});

describe('the top errors', () => {
  it('are counted by code, most frequent first, with the nodes they occurred on', () => {
    const entries = [entry({ code: 'A' }), entry({ code: 'B' }, 'n2'), entry({ code: 'B' }), entry({})];
    const lines = topErrors(entries);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^ +2 {2}B .* on n1, n2$/);
    expect(lines[1]).toMatch(/^ +1 {2}A /);
  });

  it('are none in a quiet log', () => {
    expect(topErrors([entry({})])).toEqual(['no errors']);
  });
});

describe('a growing log', () => {
  it('is read once, in whole lines, and from the beginning after it was begun anew', () => {
    const file = join(temporaryFolder(), 'n3.log');
    const reader = createLogReader(file);
    expect(reader.read()).toEqual([]);
    writeFileSync(file, `${line({ msg: '하나' })}\n${line({ msg: '둘' }).slice(0, 20)}`);
    expect(reader.read().map(({ message, node }) => `${node} ${message}`)).toEqual(['n3 하나']);
    appendFileSync(file, `${line({ msg: '둘' }).slice(20)}\n`);
    expect(reader.read().map(({ message }) => message)).toEqual(['둘']);
    writeFileSync(file, `${line({ msg: 'new' })}\n`);
    expect(reader.read().map(({ message }) => message)).toEqual(['new']);
  });
});

const at = (time: string, fields: object) => entry({ time: `2025-01-01T${time}Z`, ...fields });

describe('errors over time', () => {
  const entries = [
    ...['00:00:01', '00:00:59.999', '00:03:00'].map((time) => at(time, { code: 'RATE_LIMITED' })),
    at('00:03:10', { level: 'error', msg: 'boom' }),
    at('00:04:00', {}),
    parseEntry('Warning: before any time', 'n1', 0),
    parseEntry('    at stack (file.js:1:1)', 'n1', Date.UTC(2025, 0)),
  ];

  it('are counted by the minute and the code, or the message of what has none', () => {
    expect(errorsByMinute(entries)).toEqual([
      { minute: '2025-01-01T00:00Z', code: 'RATE_LIMITED', count: 2 },
      { minute: '2025-01-01T00:03Z', code: 'RATE_LIMITED', count: 1 },
      { minute: '2025-01-01T00:03Z', code: 'boom', count: 1 },
    ]);
  });

  it('are shown as bars over the whole time and as a table', () => {
    expect(errorsOverTime(entries)).toEqual([
      '2025-01-01T00:00Z to 2025-01-01T00:03Z, 1 minute a column',
      'RATE_LIMITED  █  ▄  3, at most 2 in 1 minute',
      'boom             █  1, at most 1 in 1 minute',
      '',
      'minute             RATE_LIMITED  boom',
      '2025-01-01T00:00Z             2     ·',
      '2025-01-01T00:03Z             1     1',
    ]);
    expect(errorsOverTime([entry({})])).toEqual(['no errors']);
  });

  it('of a day fit a terminal: columns hold several minutes, the oldest rows are left out', () => {
    const day = Array.from({ length: 1440 }, (_, minute) =>
      entry({ time: Date.UTC(2025, 0, 1, 0, minute), code: 'ROOM_NOT_FOUND' }),
    );
    const lines = errorsOverTime(day);
    expect(lines[0]).toContain('24 minutes a column');
    expect(lines[1]).toBe(`ROOM_NOT_FOUND  ${'█'.repeat(60)}  1440, at most 24 in 24 minutes`);
    expect(lines).toContain('(1380 older minutes are left out)');
  });
});

describe('the options', () => {
  const now = Date.UTC(2025, 0, 1, 12);
  const sinceOf = (since: string) => {
    const options = parseLogs(['--since', since], now);
    return options === 'help' ? null : options.wanted.sinceMs;
  };

  it('take times as so long ago, of today, or in full', () => {
    expect(sinceOf('90s')).toBe(now - 90_000);
    expect(sinceOf('2h')).toBe(Date.UTC(2025, 0, 1, 10));
    expect(sinceOf('09:30')).toBe(Date.UTC(2025, 0, 1, 9, 30));
    expect(sinceOf('2024-12-31T23:00Z')).toBe(Date.UTC(2024, 11, 31, 23));
  });

  it('are refused by name where they make no sense', () => {
    for (const [args, words] of [
      [['--since', 'soon'], '--since is a time'],
      [['--level', 'loud'], 'no level loud'],
      [['--last', 'few'], '--last is a number'],
      [['--top-errors', '--errors-over-time'], 'two questions'],
      [['--top-errors', '--follow'], 'follows nothing'],
      [['--nonsense'], '--nonsense'],
    ] as const) {
      expect(() => parseLogs([...args], now)).toThrow(words);
    }
  });
});

describe('npm run logs', () => {
  async function logs(home: string, ...args: string[]) {
    const said: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
    onTestFinished(() => log.mockRestore());
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const ended = run(args, { root: home, home, signal: controller.signal });
    return { said, ended, stop: () => controller.abort() };
  }

  it('takes a file of containers, whose lines name their nodes, and leaves out what is outside of the time', async () => {
    const file = join(temporaryFolder(), 'c2c.log');
    const lines = ['00:00:00', '00:00:02', '00:00:01'].map((time, index) =>
      line({ time: `2025-01-01T${time}.000Z`, node: `n${index + 1}`, code: 'A' }),
    );
    writeFileSync(file, `${lines.join('\n')}\n`);
    const { said, ended } = await logs(
      '',
      '--from',
      file,
      '--since',
      '2025-01-01T00:00:01Z',
      '--until',
      '2025-01-01T00:00:03Z',
    );
    await ended;
    expect(said.map((text) => text.slice(13, 15))).toEqual(['n3', 'n2']);
  });

  it('follows what is written, of all nodes', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'logs'));
    const file = (node: string) => join(home, 'logs', `${node}.log`);
    for (const node of ['n1', 'n2']) writeFileSync(file(node), `${line({ msg: `old ${node}` })}\n`);
    const { said, ended, stop } = await logs(home, '--follow', '--last', '0');
    appendFileSync(file('n2'), `${line({ msg: 'new n2' })}\n`);
    appendFileSync(file('n1'), `${line({ msg: 'new n1' })}\n`);
    await vi.waitFor(() => expect(said).toHaveLength(2), { timeout: 10_000 });
    stop();
    await ended;
    expect(said.join()).not.toContain('old');
  });
});
