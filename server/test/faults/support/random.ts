/** Chance that can be repeated: the same seed gives the same choices. */

/** Numbers in [0, 1) (mulberry32, Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: `SEED`, else one of its own. */
export function chooseSeed(): number {
  const given = Number(process.env.SEED ?? '');
  return process.env.SEED && Number.isSafeInteger(given) ? given : Math.floor(Math.random() * 2 ** 31);
}
