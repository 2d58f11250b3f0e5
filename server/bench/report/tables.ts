/** The tables of a run: the goals with their verdicts, then every scenario in full. */
import { PEERS, type PeerName } from '../peers.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { goalsOf, verdictOn } from './goals.ts';
import type { Statistics } from './statistics.ts';
import { figure, type Table } from './table.ts';

type Column = { figure: string; head: string; kind?: 'spread' | 'sum' | 'percent' | 'rare' };
/** Figures that make columns, in this order, where a scenario has them; `spread` shows the ends of the repeats, `rare` only what happened. */
const COLUMNS: readonly Column[] = [
  { figure: 'nodeUsPerDelivery', head: 'CPU µs/delivery', kind: 'spread' },
  { figure: 'nodeUsPerMessage', head: 'CPU µs/message', kind: 'spread' },
  { figure: 'othersUsPerMessage', head: 'other nodes µs/message', kind: 'spread' },
  { figure: 'othersIdleShare', head: 'other nodes idle', kind: 'percent' },
  { figure: 'redisUsPerMessage', head: 'Redis µs/message' },
  { figure: 'redisCommandsPerMessage', head: 'Redis commands/message' },
  { figure: 'residentKib', head: 'memory KiB/connection', kind: 'spread' },
  { figure: 'heapKib', head: 'heap KiB/connection', kind: 'spread' },
  { figure: 'idleCpuShare', head: 'idle CPU', kind: 'percent' },
  { figure: 'clientsPerSecond', head: 'clients/s', kind: 'spread' },
  { figure: 'nodeUsPerClient', head: 'CPU µs/client', kind: 'spread' },
  { figure: 'redisUsPerClient', head: 'Redis µs/client' },
  { figure: 'redisCommandsPerClient', head: 'Redis commands/client' },
  { figure: 'longestScriptMs', head: 'longest script ms' },
  { figure: 'slowScripts', head: 'over 2 ms', kind: 'sum' },
  { figure: 'retries', head: 'sent away', kind: 'sum' },
  { figure: 'replayed', head: 'replayed', kind: 'sum' },
  { figure: 'missing', head: 'not replayed', kind: 'sum' },
  { figure: 'p50Ms', head: 'p50 ms' },
  { figure: 'p99Ms', head: 'p99 ms' },
  { figure: 'generatorShare', head: 'load process', kind: 'percent' },
  { figure: 'machineShare', head: 'machine', kind: 'percent' },
  { figure: 'lost', head: 'lost', kind: 'sum' },
  { figure: 'unsent', head: 'reached nobody', kind: 'rare' },
  { figure: 'refused', head: 'refused', kind: 'rare' },
  { figure: 'gaps', head: 'holes', kind: 'rare' },
  { figure: 'duplicates', head: 'twice', kind: 'sum' },
  { figure: 'inversions', head: 'out of order', kind: 'sum' },
];

/** F1 to F10. */
export function goalTable(statistics: Statistics): Table {
  const rows = goalsOf(statistics).map((goal) => {
    const bound = (value: number | null) =>
      value === null ? '–' : `${goal.isMoreBetter ? '≥' : '≤'} ${figure(value)} ${goal.unit}`;
    const value = goal.value === null ? '–' : `${figure(goal.value)} ${goal.unit}`;
    return [`${goal.id}  ${goal.measure}`, value, bound(goal.floor), bound(goal.aim), verdictOn(goal)];
  });
  return { title: 'What must be reached', head: ['measure', 'this run', 'floor', 'aim', 'verdict'], rows };
}

/** One row for each load and peer, with the columns that hold anything. */
export function scenarioTable({ name, title }: Scenario, statistics: Statistics): Table {
  const keys = statistics
    .loads(name)
    .flatMap((load) => statistics.peers(name).map((peer) => ({ scenario: name, load, peer })));
  const columns = COLUMNS.filter(({ figure: of, kind }) =>
    keys.some((key) => (kind === 'rare' ? statistics.sum(key, of) > 0 : statistics.median(key, of) !== null)),
  );
  const cell = (key: (typeof keys)[number], { figure: of, kind }: Column): string => {
    const spread = statistics.spread(key, of);
    if (spread === null) return '–';
    if (kind === 'sum' || kind === 'rare') return figure(statistics.sum(key, of)).replace('.00', '');
    if (kind === 'percent') return `${Math.round(spread.median * 100)} %`;
    const ends = spread.least === spread.most ? '' : ` (${figure(spread.least)}–${figure(spread.most)})`;
    return kind === 'spread' ? `${figure(spread.median)}${ends}` : figure(spread.median);
  };
  const rows = keys
    .filter((key) => columns.some((column) => statistics.median(key, column.figure) !== null))
    .map((key) => [`${key.load} · ${titleOf(key.peer)}`, ...columns.map((column) => cell(key, column))]);
  return { title, head: ['', ...columns.map(({ head }) => head)], rows };
}

function titleOf(peer: PeerName): string {
  return PEERS[peer].title;
}
