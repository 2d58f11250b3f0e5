/** Whether a run proves that everything works: speeds are not judged, promises are. */
import type { Outcome } from '../compare.ts';
import { PEERS } from '../peers.ts';

/** C2C promises that none of these happens. */
const BROKEN = ['lost', 'duplicates', 'inversions', 'gaps', 'refused', 'missing', 'unrecovered'] as const;

/** One line for each promise that was broken and each measurement that failed; none is good. */
export function faultsOf({ samples, failures }: Outcome): string[] {
  const broken = samples
    .filter(({ peer }) => PEERS[peer].server === 'c2c')
    .flatMap(({ scenario, load, peer, figures }) =>
      BROKEN.filter((fault) => (figures[fault] ?? 0) > 0).map(
        (fault) => `${scenario} · ${peer} · ${load}: ${figures[fault]} ${fault}`,
      ),
    );
  return [...failures, ...broken];
}

/** Where the load process or the machine had no more to give, so that latencies say little. */
export function saturatedIn({ samples }: Outcome): string[] {
  const hot = samples.filter(({ figures }) => figures.isGeneratorSaturated === 1);
  return [...new Set(hot.map(({ scenario, load, peer }) => `${scenario} · ${peer} · ${load}`))];
}
