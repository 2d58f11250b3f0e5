/** What a check found: counts, the line that is printed, and each violation in words. */

/** The kinds of violations, in the order in which they are printed. */
export const VIOLATIONS = ['lost', 'duplicated', 'reordered', 'unsignalled gaps', 'false recoveries'] as const;
export type Violation = (typeof VIOLATIONS)[number];

/** One violation, told so that somebody finds the place in the history. */
export type Finding = { violation: Violation; text: string };

/** The result of a check; `findings` is empty where the promise was kept. */
export type Verdict = {
  acked: number;
  resyncs: number;
  /** Messages that the wire brought again in replays and pages and the application did not need: allowed, but costly. */
  wireRepeats: number;
  findings: readonly Finding[];
};

/** How many violations of each kind. */
export function countFindings({ findings }: Pick<Verdict, 'findings'>): Record<Violation, number> {
  const counts = { lost: 0, duplicated: 0, reordered: 0, 'unsignalled gaps': 0, 'false recoveries': 0 };
  for (const { violation } of findings) counts[violation]++;
  return counts;
}

/** `acked N · lost 0 · duplicated 0 · reordered 0 · unsignalled gaps 0 · false recoveries 0 · resyncs N · wire repeats N`. */
export function formatVerdict(verdict: Verdict): string {
  const counts = countFindings(verdict);
  return [
    `acked ${verdict.acked}`,
    ...VIOLATIONS.map((violation) => `${violation} ${counts[violation]}`),
    `resyncs ${verdict.resyncs}`,
    `wire repeats ${verdict.wireRepeats}`,
  ].join(' · ');
}
