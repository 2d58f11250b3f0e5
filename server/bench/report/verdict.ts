/** Whether a run proves that everything works: speeds are not judged, promises are. */
import type { Outcome } from '../compare.ts';
import { PEERS } from '../peers.ts';
import type { Figures } from '../scenarios/scenario.ts';

/** C2C promises that none of these happens. */
const BROKEN = ['lost', 'duplicates', 'inversions', 'gaps', 'missing', 'unrecovered'] as const;

/** One line for each promise that was broken and each measurement that failed; none is good. */
export function faultsOf({ samples, failures }: Outcome): string[] {
  const broken = samples
    .filter(({ peer }) => PEERS[peer].server === 'c2c')
    .flatMap(({ scenario, load, peer, figures }) =>
      brokenIn(figures).map((fault) => `${scenario} · ${peer} · ${load}: ${fault}`),
    );
  return [...failures, ...broken];
}

/** A message that nobody got is none of them where its sender was told so. */
function brokenIn(figures: Figures): string[] {
  const vanished = (figures.unsent ?? 0) - (figures.refused ?? 0);
  const broken = BROKEN.filter((fault) => (figures[fault] ?? 0) > 0).map((fault) => `${figures[fault]} ${fault}`);
  return vanished > 0 ? [...broken, `${vanished} vanished`] : broken;
}

/** Where the load process or the machine had no more to give, so that latencies say little. */
export function saturatedIn({ samples }: Outcome): string[] {
  const hot = samples.filter(({ figures }) => figures.isGeneratorSaturated === 1);
  return [...new Set(hot.map(({ scenario, load, peer }) => `${scenario} · ${peer} · ${load}`))];
}
