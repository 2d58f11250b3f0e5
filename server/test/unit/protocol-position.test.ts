/** When a position still tells the truth. */
import { describe, expect, it } from 'vitest';
import { currentGen, formatPosition, isGoodPosition, parsePosition } from '../../src/protocol/index.ts';

const A = 'aaaaaaaa';
const B = 'bbbbbbbb';
const room = {
  epoch: 'life0001',
  gens: [
    { gen: A, firstSeq: 1 },
    { gen: B, firstSeq: 101 },
  ],
  seq: 120,
};
const good = (gen: string, seq: number, epoch = room.epoch) => isGoodPosition({ epoch, gen, seq }, room);

describe('a position', () => {
  it('of the present history is good up to the last message', () => {
    expect([good(B, 101), good(B, 120), good(B, 121)]).toEqual([true, true, false]);
    expect(currentGen(room)).toBe(B);
  });

  it('of an earlier history is good up to where it ended', () => {
    expect([good(A, 0), good(A, 100), good(A, 101)]).toEqual([true, true, false]);
  });

  it('of another life or an unknown history is not good', () => {
    expect([good(A, 1, 'life0002'), good('cccccccc', 1)]).toEqual([false, false]);
  });

  it('reads back as it was written', () => {
    const position = { epoch: 'life0001', gen: A, seq: 12 };
    expect(parsePosition(formatPosition(position))).toEqual(position);
  });

  it.each(['', 'x', 'a.b-c', `life.${A}-01`, `life.${A}-`, `life.AAAAAAAA-1`, `life.${A}-1 `, `.${A}-1`])(
    'is not %j',
    (text) => {
      expect(parsePosition(text)).toBeNull();
    },
  );
});
