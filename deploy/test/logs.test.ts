/** Reading, choosing and counting the nodes' logs. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryFilter, formatEntry, parseEntry, topErrors } from '../local/logs/log-entry.ts';
import { createLogReader } from '../local/logs/log-reader.ts';
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
