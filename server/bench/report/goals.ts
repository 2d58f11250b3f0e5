/** What must be reached and what is aimed at: ratios between C2C and its peers in the same run. */
import type { PeerName } from '../peers.ts';
import { COMMANDS_LOAD, rateLoad } from '../scenarios/hot-room.ts';
import { IDLE_LOAD } from '../scenarios/idle-connections.ts';
import { MANY_ROOMS_LOAD } from '../scenarios/many-rooms.ts';
import { GROWN_LOAD } from '../scenarios/node-growth.ts';
import { RECONNECT_LOAD } from '../scenarios/storms.ts';
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
  const memory = { scenario: 'idle-connections', load: IDLE_LOAD, figure: 'residentKib' };
  const of = (key: Omit<Measure, 'figure'>, figure: string) => statistics.median({ ...key, peer: 'c2c' }, figure);
  const back = { scenario: 'storms', load: RECONNECT_LOAD };
  const small = { scenario: 'many-rooms', load: MANY_ROOMS_LOAD, figure: 'nodeUsPerMessage' };
  const grown = { scenario: 'node-growth', load: GROWN_LOAD, figure: 'othersUsPerMessage' };
  const commands = of({ scenario: 'hot-room', load: COMMANDS_LOAD }, 'redisCommandsPerMessage');

  return [
    less({ id: 'F1', measure: cpu(50), floor: 0.65, aim: 0.45 }, hot(50, 'stock')),
    less({ id: 'F1', measure: cpu(200), floor: 0.5, aim: 0.35 }, hot(200, 'stock')),
    more({ id: 'F2', measure: perCpu(500), floor: 2.5, aim: 4 }, hot(500, 'stock', 'deliveriesPerCpuSecond')),
    more({ id: 'F2', measure: perCpu(1_000), floor: 4, aim: 6 }, hot(1_000, 'stock', 'deliveriesPerCpuSecond')),
    less(
      { id: 'F3', measure: 'p50 later than stock, 1–200 msg/s', floor: 5, aim: null },
      laterThanStock(statistics),
      'ms',
    ),
    less({ id: 'F3', measure: 'p99 at 500 msg/s, against stock', floor: 0.25, aim: null }, hot(500, 'stock', 'p99Ms')),
    less(
      { id: 'F4', measure: 'CPU of 6 nodes nobody is on, against stock', floor: 0.02, aim: 0.001 },
      ratio(grown, TO_STOCK),
    ),
    less({ id: 'F5', measure: 'memory, Socket.IO door, against stock', floor: 1, aim: 0.7 }, ratio(memory, TO_STOCK)),
    less(
      { id: 'F5', measure: 'memory, WebSocket door, against stock', floor: 0.5, aim: 0.25 },
      ratio(memory, RAW_TO_STOCK),
    ),
    less(
      { id: 'F6', measure: 'Redis commands per client that comes back', floor: 0.2, aim: 0.05 },
      of(back, 'redisCommandsPerClient'),
      '',
    ),
    less({ id: 'F6', measure: 'longest script while they do', floor: 2, aim: null }, of(back, 'longestScriptMs'), 'ms'),
    less({ id: 'F6', measure: 'missed messages not replayed', floor: 0, aim: null }, of(back, 'missing'), ''),
    less({ id: 'F7', measure: 'Redis commands per message sent', floor: 1.05, aim: null }, commands, ''),
    less(
      { id: 'F8', measure: 'holes in the sequence, losses, repeats', floor: 0, aim: null },
      promises(statistics),
      '',
    ),
    less(
      { id: 'F9', measure: 'CPU per message, 500 rooms, against stock', floor: 0.75, aim: 0.5 },
      ratio(small, TO_STOCK),
    ),
    less({ id: 'F10', measure: bun(50), floor: 1.3, aim: 1 }, hot(50, 'bun')),
    less({ id: 'F10', measure: bun(200), floor: 1.05, aim: 0.8 }, hot(200, 'bun')),
    less({ id: 'F10', measure: bun(500), floor: 0.8, aim: 0.6 }, hot(500, 'bun')),
  ];
}

type Measure = { scenario: string; load: string; figure: string };
type Pair = { of: PeerName; to: PeerName };
const TO_STOCK: Pair = { of: 'c2c', to: 'stock' };
const RAW_TO_STOCK: Pair = { of: 'c2c-ws', to: 'stock' };

function ratioIn(statistics: Statistics) {
  return ({ scenario, load, figure }: Measure, { of, to }: Pair): number | null => {
    const ours = statistics.median({ scenario, load, peer: of }, figure);
    const theirs = statistics.median({ scenario, load, peer: to }, figure);
    return ours === null || theirs === null || theirs === 0 ? null : ours / theirs;
  };
}

function laterThanStock(statistics: Statistics): number | null {
  const differences = [1, 50, 200].flatMap((rate) => {
    const key = { scenario: 'hot-room', load: rateLoad(rate) };
    const ours = statistics.median({ ...key, peer: 'c2c' }, 'p50Ms');
    const theirs = statistics.median({ ...key, peer: 'stock' }, 'p50Ms');
    return ours === null || theirs === null ? [] : ours - theirs;
  });
  return differences.length === 0 ? null : Math.max(...differences);
}

/** All faults of C2C wherever messages flowed: every delivery has its sequence number, and none is missing. */
function promises(statistics: Statistics): number | null {
  const keys = ['hot-room', 'many-rooms', 'node-growth'].flatMap((scenario) =>
    statistics.loads(scenario).map((load) => ({ scenario, load, peer: 'c2c' as const })),
  );
  if (keys.every((key) => statistics.median(key, 'received') === null)) return null;
  const faults = ['lost', 'duplicates', 'gaps'].flatMap((fault) => keys.map((key) => statistics.sum(key, fault)));
  const vanished = keys.map((key) => Math.max(0, statistics.sum(key, 'unsent') - statistics.sum(key, 'refused')));
  return [...faults, ...vanished].reduce((total, count) => total + count, 0);
}
