import { expect, test } from 'vitest';
import { Cell } from '../../src/net/observable.ts';
import { renewInTime } from '../../src/net/token-renewal.ts';
import { FakeClock } from './support/fake-clock.ts';

const HOUR_MS = 3_600_000;
const tokenOf = (claims: object) => `eyJ.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const DAY = tokenOf({ sub: '안나', iat: 1_000, exp: 1_000 + 86_400 });

function watch(initial: string | undefined) {
  const clock = new FakeClock();
  const token = new Cell(initial);
  let joins = 0;
  const stop = renewInTime({ clock, token, joinAgain: () => void joins++ });
  return { clock, token, stop, joins: () => joins };
}

test('joins again ten times in the life of a token, whatever the clock of the device says', async () => {
  const { clock, joins } = watch(DAY);
  await clock.advance(2.3 * HOUR_MS);
  expect(joins()).toBe(0);
  await clock.advance(21.7 * HOUR_MS);
  expect(joins()).toBe(10);
});

test('counts anew from a fresh token, and starts with the first', async () => {
  const { clock, token, joins } = watch(undefined);
  await clock.advance(100 * HOUR_MS);
  token.set(DAY);
  await clock.advance(2 * HOUR_MS);
  token.set(tokenOf({ iat: 5_000, exp: 5_000 + 3_600 }));
  expect(joins()).toBe(0);
  await clock.advance(HOUR_MS);
  expect(joins()).toBe(10);
});

test.for([
  ['eyJ.user1.x'],
  ['eyJ.e30.x'],
  [tokenOf({ exp: 5 })],
  [tokenOf({ iat: 9, exp: 5 })],
  [tokenOf([])],
  ['mina'],
])('leaves a token alone that does not tell its life: %s', async ([token]) => {
  const { clock } = watch(token);
  expect(clock.waiting).toBe(0);
});

test('never waits longer than a timer can', async () => {
  const { clock, joins } = watch(tokenOf({ iat: 0, exp: 10 * 365 * 86_400 }));
  await clock.advance(25 * 24 * HOUR_MS);
  expect(joins()).toBe(1);
});

test('stops', async () => {
  const { clock, token, stop } = watch(DAY);
  stop();
  token.set(DAY);
  expect(clock.waiting).toBe(0);
});
