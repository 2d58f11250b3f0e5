/** One line of the doctor's report. */

/** `bad` stops something from working, `warning` will one day; `fix` is what to do about it. */
export type Finding = { verdict: 'good' | 'bad' | 'warning'; name: string; text: string; fix?: string };

/** A line whose verdict is a yes or no. */
export function judge(
  isGood: boolean,
  finding: Omit<Finding, 'verdict'>,
  otherwise: 'bad' | 'warning' = 'bad',
): Finding {
  return { verdict: isGood ? 'good' : otherwise, ...finding };
}
