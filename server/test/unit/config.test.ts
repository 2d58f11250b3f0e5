/** Configuration: every mistake is named at once, and nothing can be changed afterwards. */
import { expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const GOOD = { REDIS_URL: 'redis://127.0.0.1:6379', JWT_SECRET: 'x'.repeat(32) };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

it('needs only Redis and a secret', () => {
  expect(readConfig(GOOD)).toMatchObject({ ...GOOD, PORT: 3000, PRESENCE_TTL: 30, SESSION_TTL: 600, GUEST_JOIN: 'on' });
});

it('names every mistake at once', () => {
  const problems = problemsOf({
    PORT: 'eighty',
    JWT_SECRET: 'short',
    LOG_LEVEL: 'loud',
    GUEST_JOIN: 'yes',
    PRESENCE_TTL: '-1',
    NODE_ID: 'Node 1',
    PUBLIC_URL: 'ftp://x',
  });
  const names = ['NODE_ID', 'PORT', 'REDIS_URL', 'JWT_SECRET', 'PUBLIC_URL', 'GUEST_JOIN', 'LOG_LEVEL', 'PRESENCE_TTL'];
  expect(problems.map((line) => line.split(':')[0]).sort()).toEqual(names.sort());
  expect(problems.find((line) => line.startsWith('LOG_LEVEL'))).toBe(
    'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent',
  );
});

it('never shows the value of what is wrong: it may be a secret', () => {
  expect(problemsOf({ ...GOOD, JWT_SECRET: 'hunter2' }).join('\n')).not.toContain('hunter2');
});

it('takes an empty variable as one that was not given', () => {
  expect(readConfig({ ...GOOD, PORT: '', LOG_LEVEL: '' })).toMatchObject({ PORT: 3000, LOG_LEVEL: 'info' });
});

it('refuses addresses of proxies that are none', () => {
  expect(problemsOf({ ...GOOD, TRUSTED_PROXIES: '127.0.0.1, localhost' })).toEqual([
    "TRUSTED_PROXIES: 'localhost' is neither an address nor a network such as 10.0.0.0/8",
  ]);
});

it.each([
  [{ CLOSE_GRACE_MS: '2000' }, 'CLOSE_GRACE_MS', 'REDIS_TIMEOUT_MS'],
  [{ CLOSE_GRACE_MS: '30001' }, 'CLOSE_GRACE_MS', 'PRESENCE_TTL'],
  [{ PRESENCE_RENEW_MS: '15001' }, 'PRESENCE_TTL', 'PRESENCE_RENEW_MS'],
  [{ SESSION_TTL: '29' }, 'SESSION_TTL', 'PRESENCE_TTL'],
  [{ AUTH_DEADLINE_MS: '2000' }, 'AUTH_DEADLINE_MS', 'REDIS_TIMEOUT_MS'],
  [{ DRAIN_WINDOW_MS: '20001' }, 'SHUTDOWN_TIMEOUT_MS', 'DRAIN_WINDOW_MS'],
  [{ MAX_CONNECTIONS: '4999' }, 'CONNECTIONS_PER_ADDRESS', 'MAX_CONNECTIONS'],
  [{ CONNECTIONS_PER_ADDRESS: '99' }, 'CONNECTIONS_PER_USER', 'CONNECTIONS_PER_ADDRESS'],
])('refuses %j, naming %s and %s', (env: Record<string, string>, setting, other) => {
  const problems = problemsOf({ ...GOOD, ...env });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${setting}: .*\\b${other}\\b`));
});

it.each([
  { CLOSE_GRACE_MS: '2001' },
  { CLOSE_GRACE_MS: '30000' },
  { PRESENCE_RENEW_MS: '15000' },
  { SESSION_TTL: '30' },
  { AUTH_DEADLINE_MS: '2001' },
  { DRAIN_WINDOW_MS: '20000' },
  { MAX_CONNECTIONS: '5000' },
  { CONNECTIONS_PER_ADDRESS: '100' },
])('takes %j, which just fits', (env: Record<string, string>) => {
  expect(problemsOf({ ...GOOD, ...env })).toEqual([]);
});

it('does not judge what a wrong setting has to do with others', () => {
  expect(problemsOf({ ...GOOD, CLOSE_GRACE_MS: 'soon' })).toEqual([expect.stringMatching(/^CLOSE_GRACE_MS: /)]);
});

it('is frozen', () => {
  expect(Object.isFrozen(readConfig(GOOD))).toBe(true);
});

it('takes secrets of before, each as long as a secret must be, and shows none of them', () => {
  const previous = `${'a'.repeat(32)} ${'b'.repeat(40)}`;
  expect(readConfig({ ...GOOD, JWT_SECRETS_PREVIOUS: previous })).toMatchObject({ JWT_SECRETS_PREVIOUS: previous });
  const problems = problemsOf({ ...GOOD, JWT_SECRETS_PREVIOUS: `${'a'.repeat(32)} hunter2` });
  expect(problems).toEqual([expect.stringMatching(/^JWT_SECRETS_PREVIOUS: /)]);
  expect(problems.join()).not.toContain('hunter2');
});

it('takes no issuer without its name and an audience, and no algorithm with a shared secret', () => {
  const issuer = { JWKS_URL: 'https://issuer.example/jwks', JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'c2c' };
  expect(problemsOf({ ...GOOD, ...issuer, JWT_ALGORITHMS: 'PS512,EdDSA' })).toEqual([]);
  expect(problemsOf({ ...GOOD, JWKS_URL: issuer.JWKS_URL })).toEqual([
    'JWT_ISSUER: is missing, JWKS_URL needs it',
    'JWT_AUDIENCE: is missing, JWKS_URL needs it',
  ]);
  for (const algorithms of ['HS256', 'RS256,HS256', 'none', 'RS256, ES256', 'RS256,']) {
    const problems = problemsOf({ ...GOOD, ...issuer, JWT_ALGORITHMS: algorithms });
    expect(problems).toEqual([expect.stringMatching(/^JWT_ALGORITHMS: /)]);
  }
});
