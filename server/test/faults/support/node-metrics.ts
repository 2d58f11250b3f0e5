/** Reads a number from a node's own metrics. */

/** The sum over all series of a metric whose labels contain `labels`; 0 where there is none. */
export async function nodeMetric(nodeUrl: string, name: string, labels = ''): Promise<number> {
  const answer = await fetch(`${nodeUrl}/metrics`);
  const lines = (await answer.text()).split('\n');
  const series = lines.filter((line) => /^[a-z0-9_]+/.exec(line)?.[0] === name && line.includes(labels));
  return series.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
