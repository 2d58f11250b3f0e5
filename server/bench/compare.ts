/** The comparison: every scenario, every peer, every repeat, one after the other, with word of how long it still takes. */
import { fetchPeers } from './machine/fetched.ts';
import type { Options } from './options.ts';
import type { PeerName } from './peers.ts';
import type { Sample, Scenario } from './scenarios/scenario.ts';

/** All that was measured, and what could not be. */
export type Outcome = { samples: Sample[]; failures: string[] };

type Job = { scenario: Scenario; peer: PeerName; repeat: number };

/** Runs everything; a peer that fails is told and the run goes on. */
export async function compare(options: Options, say: (line: string) => void): Promise<Outcome> {
  const outcome: Outcome = { samples: [], failures: [] };
  const jobs = plan(options, absentPeers(options, say));
  const clock = createClock(jobs, options);
  for (const [done, job] of jobs.entries()) {
    const { scenario, peer, repeat } = job;
    say(`[${done + 1}/${jobs.length}, ${clock.left(done)} left] ${scenario.name} · ${peer} · ${repeat + 1}`);
    try {
      const readings = await scenario.run(peer, { isQuick: options.isQuick, repeat });
      outcome.samples.push(...readings.map((reading) => ({ scenario: scenario.name, peer, repeat, ...reading })));
    } catch (error) {
      const failure = `${scenario.name} · ${peer}: ${error instanceof Error ? error.message : String(error)}`;
      outcome.failures.push(failure);
      say(`  ✘ ${failure}`);
    }
  }
  return outcome;
}

/** Repeat by repeat; within one the order of the peers turns, so that nobody is always first or always after the same. */
function plan({ scenarios, peers, repeats, isQuick }: Options, absent: ReadonlySet<PeerName>): Job[] {
  return scenarios.flatMap((scenario) => {
    const usual = (isQuick ? scenario.quickPeers : null) ?? scenario.peers;
    const wanted = peers.length === 0 ? usual : scenario.peers.filter((peer) => peers.includes(peer));
    const taking = wanted.filter((peer) => !absent.has(peer));
    const rounds = Math.min(repeats, scenario.repeats ?? repeats);
    return Array.from({ length: rounds }, (_, repeat) =>
      taking.map((_, place) => ({ scenario, peer: taking[(place + repeat) % taking.length] ?? 'c2c', repeat })),
    ).flat();
  });
}

function absentPeers({ scenarios, peers, isQuick }: Options, say: (line: string) => void): ReadonlySet<PeerName> {
  const isWanted =
    peers.length === 0 ? scenarios.some((scenario) => scenario.peers.includes('bun')) : peers.includes('bun');
  if (!isWanted || (isQuick && peers.length === 0)) return new Set(['bun']);
  if (fetchPeers(say)) return new Set();
  say('Bun is not to be had here: the run goes on without it');
  return new Set(['bun']);
}

/** Estimates are scaled by how the jobs so far compared with theirs. */
function createClock(jobs: readonly Job[], options: Options) {
  const estimate = (some: readonly Job[]) => some.reduce((total, { scenario }) => total + scenario.seconds(options), 0);
  const begin = performance.now();
  return {
    left(done: number): string {
      const passedS = (performance.now() - begin) / 1_000;
      const scale = done < 3 ? 1 : passedS / estimate(jobs.slice(0, done));
      const leftS = estimate(jobs.slice(done)) * scale;
      return leftS < 90 ? `${Math.ceil(leftS)} s` : `${Math.ceil(leftS / 60)} min`;
    },
  };
}
