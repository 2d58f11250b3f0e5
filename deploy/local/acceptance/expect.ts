/** Saying what was expected and what was seen. */

/** Rejects a check with both sides where `condition` does not hold. */
export function expect(condition: boolean, expected: string, seen: unknown): void {
  if (!condition)
    throw new Error(`expected ${expected}; seen ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`);
}

/** A text field of an answer. */
export function textOf(holder: Record<string, unknown>, name: string): string {
  const value = holder[name];
  if (typeof value !== 'string') throw new Error(`expected a text '${name}'; seen ${JSON.stringify(holder)}`);
  return value;
}
