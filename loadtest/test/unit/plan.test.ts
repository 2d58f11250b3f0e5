/** Who does what and when: every user in one VU, every message at one moment, storms that leave time to come back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROFILES } from '../../src/profiles.ts';
import { readSettings, usersOf, vusFor } from '../../src/settings.ts';
import { intendedAt, writeText } from '../../src/text.ts';
import { planRun } from '../../src/timeline.ts';

test('every user is carried by exactly one VU, whatever their number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), (users) => {
      const all = Array.from({ length: vusFor({ users }) }, (_, index) => usersOf(index + 1, { users })).flat();
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: users }, (_, index) => index));
    }),
  );
});

test.for(Object.keys(PROFILES))('the writers of %s make one even stream of messages', (scenario) => {
  const settings = readSettings({ SCENARIO: scenario });
  const plan = planRun(settings, 1_000);
  const first = Array.from({ length: settings.writers }, (_, writer) =>
    [0, 1].map((n) => plan.message(writer, n)),
  ).flat();
  const gaps = first.sort((a, b) => a - b).map((at, index) => at - (first[index - 1] ?? Number.NaN));

  expect(first[0]).toBe(plan.writeFrom);
  for (const gap of gaps.slice(1)) expect(gap).toBeCloseTo(1_000 / settings.rate, 3);
});

test('a storm leaves time to come back before the end', () => {
  const plan = planRun(readSettings({ SCENARIO: 'reconnect-storm' }), 0);
  expect(plan.storms.length).toBeGreaterThan(1);
  for (const at of plan.storms) expect(plan.writeUntil - at).toBeGreaterThanOrEqual(8_000);
});

test('a higher rate is carried by more writers', () => {
  expect(readSettings({ SCENARIO: 'steady', RATE: '2000' }).writers).toBe(100);
  expect(readSettings({ SCENARIO: 'smoke', RATE: '2000' }).writers).toBe(20);
});

test.for([{ SCENARIO: 'nothing' }, { USERS: 'many' }, { DURATION: '-1' }, { DOOR: 'window' }])(
  '%j is refused',
  (env) => {
    expect(() => readSettings(env)).toThrow(/no /);
  },
);

test('a text tells when it was meant to be sent, and only ours does', () => {
  expect(intendedAt(writeText(1_700_000_000_123.4))).toBe(1_700_000_000_123);
  expect(intendedAt('1700000000123 somebody else')).toBeNull();
});
