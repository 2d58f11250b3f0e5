/** Reading Redis replies: unknown until they have the shape that a script promises. A wrong shape is a defect of ours. */

/** A reply that is an array. */
export function asArray(reply: unknown, of: string): unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new Error(`${of}: expected an array, got ${typeof reply}`);
}

/** A reply that is a text; numbers are accepted, since Lua may answer either. */
export function asText(reply: unknown, of: string): string {
  if (typeof reply === 'string') return reply;
  if (typeof reply === 'number') return String(reply);
  throw new Error(`${of}: expected a text, got ${reply === null ? 'nil' : typeof reply}`);
}

/** A reply that is a whole number, as number or text. */
export function asInteger(reply: unknown, of: string): number {
  const value = Number(reply);
  if (Number.isSafeInteger(value)) return value;
  throw new Error(`${of}: expected a whole number`);
}

/** A flat `[field, value, …]` reply. */
export function asPairs(reply: unknown, of: string): [string, string][] {
  const flat = asArray(reply, of);
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([asText(flat[i], of), asText(flat[i + 1], of)]);
  return pairs;
}
