/** The comparison notices what goes wrong: losses, repeats, disorder, holes. */
import { describe, expect, it } from 'vitest';
import { NO_SEQ, type Receiver, Tally } from '../../bench/generator/tally.ts';
import { faultsOf } from '../../bench/report/verdict.ts';

const FIRST = 100;
const MESSAGES = 4;

function receive(members: Receiver[], heard: readonly (readonly [number: number, seq: number])[][]) {
  const tally = new Tally();
  tally.begin(
    FIRST,
    Float64Array.from({ length: MESSAGES }, () => performance.now()),
  );
  heard.forEach((messages, index) => {
    const member = members[index];
    for (const [number, seq] of messages) if (member) member.seq = tally.delivered(member, number, seq);
  });
  return { tally, faults: tally.faults([{ members, messages: MESSAGES }]) };
}

function member(seq: number): Receiver {
  return { log: new Uint32Array(16), count: 0, seq };
}

const WELL = [
  [100, 1],
  [101, 2],
  [102, 3],
  [103, 4],
] as const;
const NONE = { lost: 0, unsent: 0, duplicates: 0, inversions: 0, gaps: 0, refused: 0 };

describe('a room whose members all got everything', () => {
  it('has no faults, in whatever order the messages were sent', () => {
    const order = [
      [101, 1],
      [100, 2],
      [103, 3],
      [102, 4],
    ] as const;
    const { faults, tally } = receive([member(0), member(0)], [[...order], [...order]]);
    expect(faults).toEqual(NONE);
    expect(tally.received).toBe(8);
  });

  it('does not count what was sent before', () => {
    const { faults, tally } = receive([member(NO_SEQ)], [[[99, NO_SEQ], ...WELL]]);
    expect(faults).toEqual(NONE);
    expect(tally.received).toBe(4);
  });
});

describe('a fault', () => {
  it('is a message that one member never got', () => {
    const { faults } = receive([member(NO_SEQ), member(NO_SEQ)], [[...WELL], WELL.slice(0, 3)]);
    expect(faults).toEqual({ ...NONE, lost: 1 });
  });

  it('is a message that came twice, which makes up for none that is lost', () => {
    const { faults } = receive([member(NO_SEQ)], [[...WELL.slice(0, 3), [102, 0]]]);
    expect(faults).toEqual({ ...NONE, unsent: 1, duplicates: 1 });
  });

  it('is an order that another member saw differently', () => {
    const other = [
      [100, 0],
      [102, 0],
      [101, 0],
      [103, 0],
    ] as const;
    const { faults } = receive([member(NO_SEQ), member(NO_SEQ)], [[...WELL], [...other]]);
    expect(faults).toEqual({ ...NONE, inversions: 1 });
  });

  it('is a hole in the sequence, and a message without a number', () => {
    const holed = [
      [100, 1],
      [101, 3],
      [102, 4],
      [103, NO_SEQ],
    ] as const;
    expect(receive([member(0)], [[...holed]]).faults).toEqual({ ...NONE, gaps: 2 });
  });
});

describe('the end of a run', () => {
  const sample = { scenario: 'hot-room', load: '50 msg/s', repeat: 0 };

  it('judges what C2C promises, and of nobody a speed', () => {
    const samples = [
      { ...sample, peer: 'c2c' as const, figures: { lost: 2, p99Ms: 30_000 } },
      { ...sample, peer: 'stock' as const, figures: { lost: 7, inversions: 9 } },
    ];
    expect(faultsOf({ samples, failures: [] })).toEqual(['hot-room · c2c · 50 msg/s: 2 lost']);
  });

  it('lets a message be refused, but not vanish', () => {
    const refused = { ...sample, peer: 'c2c' as const, figures: { unsent: 3, refused: 3 } };
    expect(faultsOf({ samples: [refused], failures: [] })).toEqual([]);
    const vanished = { ...refused, figures: { unsent: 3, refused: 1 } };
    expect(faultsOf({ samples: [vanished], failures: [] })).toEqual(['hot-room · c2c · 50 msg/s: 2 vanished']);
  });

  it('names measurements that did not work, whosever they are', () => {
    expect(faultsOf({ samples: [], failures: ['storms · bun: no'] })).toEqual(['storms · bun: no']);
  });
});
