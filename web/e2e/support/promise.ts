/** The promise, as a test asks for it: everything once, in one order for all, and each writer's in the order of writing. */
import { expect } from 'vitest';
import { type Crowd, textsOf } from './crowd.ts';

/** Everybody wrote `count` messages: checks what everybody was given. */
export function expectEverythingOnceInOneOrder({ talkers }: Crowd, count: number): void {
  const [first, ...others] = talkers;
  const everything = talkers.flatMap(({ way }) => textsOf(way, count));
  expect(first?.given.toSorted()).toEqual(everything.toSorted());
  for (const { way, given } of others) expect(given, way).toEqual(first?.given);
  for (const { way } of talkers) {
    const own = new Set(textsOf(way, count));
    expect(
      first?.given.filter((text) => own.has(text)),
      way,
    ).toEqual([...own]);
  }
}
