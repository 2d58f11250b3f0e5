/** Medians and spreads over the repeats, by scenario, load, peer and figure. */
import type { PeerName } from '../peers.ts';
import type { Sample } from '../scenarios/scenario.ts';

/** Where figures are filed. */
export type Key = { scenario: string; load: string; peer: PeerName };
/** The middle of the repeats, and the ends. */
export type Spread = { median: number; least: number; most: number };

/** Looks figures up. */
export interface Statistics {
  spread(key: Key, figure: string): Spread | null;
  median(key: Key, figure: string): number | null;
  /** The sum over the repeats: for faults, none of which is an outlier. */
  sum(key: Key, figure: string): number;
  loads(scenario: string): string[];
  peers(scenario: string): PeerName[];
}

/** Over all samples of a run. */
export function createStatistics(samples: readonly Sample[]): Statistics {
  const of = ({ scenario, load, peer }: Key, figure: string): number[] =>
    samples
      .filter((sample) => sample.scenario === scenario && sample.load === load && sample.peer === peer)
      .flatMap(({ figures }) => figures[figure] ?? []);
  const inScenario = (name: string) => samples.filter(({ scenario }) => scenario === name);
  const spread = (key: Key, figure: string) => spreadOf(of(key, figure));
  return {
    spread,
    median: (key, figure) => spread(key, figure)?.median ?? null,
    sum: (key, figure) => of(key, figure).reduce((total, value) => total + value, 0),
    loads: (scenario) => [...new Set(inScenario(scenario).map(({ load }) => load))],
    peers: (scenario) => [...new Set(inScenario(scenario).map(({ peer }) => peer))],
  };
}

/** Null for none. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return null;
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? least;
  const high = sorted[Math.floor(middle)] ?? most;
  return { median: (low + high) / 2, least, most };
}
