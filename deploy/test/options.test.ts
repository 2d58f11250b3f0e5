/** What `npm start` may be told. */
import { describe, expect, it } from 'vitest';
import { parseStart, UsageError } from '../local/bootstrap/options.mjs';

describe('the arguments of npm start', () => {
  it('are three nodes on port 8080 when nothing is given', () => {
    expect(parseStart([])).toEqual({ nodes: 3, port: 8080, host: undefined, observe: false });
  });

  it('are taken as given', () => {
    expect(parseStart(['--nodes', '5', '--port=9000', '--host', '0.0.0.0', '--observe'])).toEqual({
      nodes: 5,
      port: 9000,
      host: '0.0.0.0',
      observe: true,
    });
  });

  it('ask for help', () => {
    expect(parseStart(['--help'])).toBe('help');
    expect(parseStart(['-h'])).toBe('help');
  });

  it.each([
    [['--nodes', '0'], /--nodes is a whole number from 1 to 32, not '0'/],
    [['--nodes', '2.5'], /--nodes/],
    [['--port', '70000'], /--port is a whole number from 1 to 65535/],
    [['--port', 'abc'], /not 'abc'/],
    [['--nodez', '3'], /Unknown option '--nodez'/],
    [['extra'], /Unexpected argument 'extra'/],
  ])('%j is refused in one sentence', (args, sentence) => {
    expect(() => parseStart(args)).toThrow(UsageError);
    expect(() => parseStart(args)).toThrow(sentence);
  });
});
