/** Texts that tell who wrote them and in which order. */

/** `count` of them. */
export function numbered(who: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${who} ${index + 1}`);
}
