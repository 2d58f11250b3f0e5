/** What must be reached and what is aimed at: ratios between C2C and its peers in the same run. */
import type { PeerName } from '../peers.ts';
import { rateLoad } from '../scenarios/hot-room.ts';
import type { Statistics } from './statistics.ts';

/** One goal with what this run says about it; null where it was not measured. */
export type Goal = {
  id: string;
  measure: string;
  /** `×` for a ratio. */
  unit: string;
  value: number | null;
  floor: number;
  aim: number | null;
  isMoreBetter: boolean;
};

/** In words, for the last column. */
export type Verdict = 'aim reached' | 'floor holds' | 'below the floor' | 'not measured';

type Bound = Pick<Goal, 'id' | 'measure' | 'floor' | 'aim'>;

/** The verdict on a goal; where there is no aim of its own, the floor is the aim. */
export function verdictOn({ value, floor, aim, isMoreBetter }: Goal): Verdict {
  if (value === null) return 'not measured';
  const reaches = (bound: number) => (isMoreBetter ? value >= bound : value <= bound);
  if (!reaches(floor)) return 'below the floor';
  return aim === null || reaches(aim) ? 'aim reached' : 'floor holds';
}

/** All goals of performance, F1 to F10, in order. */
export function goalsOf(statistics: Statistics): Goal[] {
  const ratio = ratioIn(statistics);
  const less = (bound: Bound, value: number | null, unit = '×'): Goal => ({
    ...bound,
    unit,
    value,
    isMoreBetter: false,
  });
  const more = (bound: Bound, value: number | null): Goal => ({ ...bound, unit: '×', value, isMoreBetter: true });
  const hot = (rate: number, peer: PeerName, figure = 'nodeUsPerDelivery') =>
    ratio({ scenario: 'hot-room', load: rateLoad(rate), figure }, { of: 'c2c', to: peer });
  const cpu = (rate: number) => `CPU per delivery at ${rate} msg/s, against stock`;
  const perCpu = (rate: number) => `deliveries per CPU second at ${rate} msg/s, against stock`;
  const bun = (rate: number) => `CPU per delivery at ${rate} msg/s, against Bun`;

  return [
    less({ id: 'F1', measure: cpu(50), floor: 0.65, aim: 0.45 }, hot(50, 'stock')),
    less({ id: 'F1', measure: cpu(200), floor: 0.5, aim: 0.35 }, hot(200, 'stock')),
    more({ id: 'F2', measure: perCpu(500), floor: 2.5, aim: 4 }, hot(500, 'stock', 'deliveriesPerCpuSecond')),
    more({ id: 'F2', measure: perCpu(1_000), floor: 4, aim: 6 }, hot(1_000, 'stock', 'deliveriesPerCpuSecond')),
    less(
      { id: 'F3', measure: 'p50 later than stock, 50–200 msg/s', floor: 5, aim: null },
      laterThanStock(statistics),
      'ms',
    ),
    less({ id: 'F3', measure: 'p99 at 500 msg/s, against stock', floor: 0.25, aim: null }, hot(500, 'stock', 'p99Ms')),
    less({ id: 'F10', measure: bun(50), floor: 1.3, aim: 1 }, hot(50, 'bun')),
    less({ id: 'F10', measure: bun(200), floor: 1.05, aim: 0.8 }, hot(200, 'bun')),
    less({ id: 'F10', measure: bun(500), floor: 0.8, aim: 0.6 }, hot(500, 'bun')),
  ];
}

type Measure = { scenario: string; load: string; figure: string };
type Pair = { of: PeerName; to: PeerName };

function ratioIn(statistics: Statistics) {
  return ({ scenario, load, figure }: Measure, { of, to }: Pair): number | null => {
    const ours = statistics.median({ scenario, load, peer: of }, figure);
    const theirs = statistics.median({ scenario, load, peer: to }, figure);
    return ours === null || theirs === null || theirs === 0 ? null : ours / theirs;
  };
}

function laterThanStock(statistics: Statistics): number | null {
  const differences = [50, 200].flatMap((rate) => {
    const key = { scenario: 'hot-room', load: rateLoad(rate) };
    const ours = statistics.median({ ...key, peer: 'c2c' }, 'p50Ms');
    const theirs = statistics.median({ ...key, peer: 'stock' }, 'p50Ms');
    return ours === null || theirs === null ? [] : ours - theirs;
  });
  return differences.length === 0 ? null : Math.max(...differences);
}
