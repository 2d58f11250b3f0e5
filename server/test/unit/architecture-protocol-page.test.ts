/** PROTOCOL.md says what the types and tables of `protocol/` say: every name, code and number. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Answers,
  CLOSES,
  ERRORS,
  isCustomEventName,
  Joined,
  type LeaveReason,
  LIMITS,
  Message,
  REQUESTS,
  type ResyncReason,
  type ServerEventName,
  shouldReconnect,
} from '../../src/protocol/index.ts';

const FOLDER = new URL('../../src/protocol/', import.meta.url);
const PAGE = readFileSync(new URL('PROTOCOL.md', FOLDER), 'utf8');

/** The compiler keeps these complete. */
const EVENTS: Record<ServerEventName, true> = {
  joined: true,
  msg: true,
  user_joined: true,
  user_left: true,
  left: true,
  presence: true,
  members: true,
  room_stats: true,
  typing: true,
  reads: true,
  resync: true,
  drain: true,
  error: true,
  pong: true,
};
const ANSWERED: Record<keyof Answers, true> = {
  join: true,
  msg: true,
  ping: true,
  leave: true,
  typing: true,
  read: true,
  history: true,
  remove: true,
};
const REASONS: Record<ResyncReason | LeaveReason | 'gone', true> = {
  log_too_short: true,
  history_lost: true,
  left: true,
  expired: true,
  removed: true,
  gone: true,
};

/** The part of the page under a heading that begins so. */
function section(heading: string): string {
  const start = PAGE.indexOf(`\n## ${heading}`);
  const end = PAGE.indexOf('\n## ', start + 1);
  return PAGE.slice(start, end < 0 ? undefined : end);
}

/** The cells of the table row whose first cell is `name`; empty where there is no such row. */
function row(text: string, name: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`| ${name} |`)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the page', () => {
  test.for(Object.keys(EVENTS))('describes the event %s', (name) => {
    expect(row(section('6.'), `\`${name}\``)).toHaveLength(2);
    expect(isCustomEventName(name)).toBe(false);
  });

  test.for(Object.entries(REQUESTS))('describes the request %s with every field', ([name, schema]) => {
    const [, payload = ''] = row(section('5.'), `\`${name}\``);
    const named = (payload.match(/\w+\??/g) ?? []).filter((word) => word !== 'nothing');

    expect(named.map((word) => word.replace('?', '')).sort()).toEqual(Object.keys(schema.properties).sort());
    expect(Object.hasOwn(ANSWERED, name)).toBe(true);
  });

  test.for([
    ['joined', Joined],
    ['Message', Message],
  ] as const)('names every field of %s', ([name, schema]) => {
    const text = name === 'joined' ? row(section('6.'), '`joined`').join() : section('1.');

    for (const field of Object.keys(schema.properties)) expect(text).toMatch(new RegExp(`\\b${field}\\b`));
  });

  test.for(Object.keys(REASONS))('names the reason %s', (reason) => {
    expect(section('6.')).toContain(`\`${reason}\``);
  });

  test.for(Object.entries(ERRORS))('describes the error %s', ([code, { status, retryable }]) => {
    expect(row(section('9.'), `\`${code}\``).slice(1, 3)).toEqual([String(status), retryable ? 'yes' : 'no']);
  });

  test.for(Object.entries(CLOSES))('describes the close code %s', ([name, { code }]) => {
    const [, told, advice = ''] = row(section('8.'), String(code));

    expect(told).toBe(`\`${name}\``);
    expect(advice.startsWith('connects again')).toBe(shouldReconnect(code));
  });

  test.for(Object.entries(LIMITS))('states the limit %s', ([name, value]) => {
    expect(row(section('10.'), `\`${name}\``)[1]).toBe(String(value));
  });

  test('links to files that exist', () => {
    const links = [...PAGE.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);

    expect(links.filter((link) => !existsSync(new URL(link, FOLDER)))).toEqual([]);
  });
});
