/** `npm run load`: its command line, and what is read out of the words of k6. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../local/bootstrap/options.mjs';
import { errorsIn, LIMITS_REFUSE, warningsIn } from '../local/load/k6-words.ts';
import { parseLoad } from '../local/load/options.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the arguments of npm run load', () => {
  it('are a scenario, with figures of its own when nothing is given', () => {
    expect(parseLoad(['smoke'])).toMatchObject({ verb: 'run', scenario: 'smoke', url: undefined, users: undefined });
  });

  it('are taken as given, with times in seconds, minutes and hours', () => {
    const figures = ['--users', '800', '--rate=50', '--door', 'both', '--url', 'https://chat.example/'];
    expect(parseLoad(['steady', ...figures, '--duration', '2h'])).toMatchObject({
      ...{ scenario: 'steady', users: 800, rate: 50, door: 'both', url: 'https://chat.example', seconds: 7_200 },
    });
    expect(parseLoad(['steady', '--duration', '90'])).toMatchObject({ seconds: 90 });
    expect(parseLoad(['steady', '--duration', '5m'])).toMatchObject({ seconds: 300 });
  });

  it('ask for help, or for the page of results', () => {
    expect(parseLoad(['--help'])).toEqual({ verb: 'help' });
    expect(parseLoad(['results'])).toEqual({ verb: 'results' });
  });

  it.each([
    [[], /name one scenario/],
    [['stampede'], /there is no scenario stampede; choose smoke, steady/],
    [['smoke', 'steady'], /name one scenario/],
    [['smoke', '--users', '0'], /--users is a whole number from 1 to 100000, not '0'/],
    [['smoke', '--rate', '1.5'], /--rate/],
    [['smoke', '--duration', '5 days'], /--duration is a time such as 90s, 5m or 2h/],
    [['smoke', '--door', 'window'], /--door is socketio, websocket, both/],
    [['smoke', '--url', 'localhost:8080'], /--url is an address that begins with http/],
    [['smoke', '--remote-write', 'prometheus'], /--remote-write is an address/],
    [['smoke', '--vus', '3'], /Unknown option '--vus'/],
  ])('name the mistake in %j', (args, message) => {
    expect(() => parseLoad(args)).toThrow(UsageError);
    expect(() => parseLoad(args)).toThrow(message);
  });
});

describe('the words of k6', () => {
  const logOf = (text: string) => {
    const file = join(temporaryFolder(), 'k6.log');
    writeFileSync(file, text);
    return file;
  };

  it('are errors without their stack, and warnings with how often they came', () => {
    const log = logOf(
      [
        'time="2026-01-01T00:00:00Z" level=warning msg="a send was refused: NO_ANSWER" source=console',
        'time="2026-01-01T00:00:01Z" level=warning msg="a send was refused: NO_ANSWER" source=console',
        'time="2026-01-01T00:00:02Z" level=error msg="Error: no cluster is \\"ready\\"\\n\\tat setup (main.ts:45:29(14))\\n"',
      ].join('\n'),
    );

    expect(warningsIn(log)).toEqual(['a send was refused: NO_ANSWER (2 times)']);
    expect(errorsIn(log)).toEqual(['no cluster is "ready"']);
  });

  it('tell when the limits of the cluster are in the way', () => {
    expect('a handshake is answered 429').toMatch(LIMITS_REFUSE);
    expect('a send was refused: SERVICE_UNAVAILABLE').not.toMatch(LIMITS_REFUSE);
  });

  it('are none where there is no log', () => {
    expect(errorsIn('/nowhere/k6.log')).toEqual([]);
  });
});
