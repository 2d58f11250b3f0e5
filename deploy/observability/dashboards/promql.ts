/** The pieces that all queries are made of. */

/** A metric with a selector, `{…}` included, where there is one. */
type Series = { metric: string; where?: string };

const series = ({ metric, where = '' }: Series) => `${metric}${where}`;
const by = (labels: string) => (labels === '' ? '' : ` by (${labels})`);

/** A counter's increase per second, summed; `labels` as in `node, code`. */
export function perSecond(metric: string, labels = '', where?: string): string {
  return `sum${by(labels)} (rate(${series({ metric, ...(where && { where }) })}[$__rate_interval]))`;
}

/** A quantile of a histogram; `metric` without `_bucket`. */
export function quantile(share: number, metric: string, labels = ''): string {
  const kept = labels === '' ? 'le' : `le, ${labels}`;
  return `histogram_quantile(${share}, ${perSecond(`${metric}_bucket`, kept)})`;
}

/** Sums of a gauge. */
export function sum(metric: string, labels = ''): string {
  return `sum${by(labels)} (${metric})`;
}

/** Of many lines the eight that were largest over the whole time shown; `weight` is a counter that says how large. */
export function largest(expr: string, weight: string, labels: string): string {
  return `${expr} and topk(8, sum by (${labels}) (rate(${weight}[$__range] @ end())))`;
}

/** 0 where nothing has happened yet, under `label="none"` if there is one. */
export function orZero(expr: string, label?: string): string {
  const zero = label === undefined ? 'vector(0)' : `label_replace(vector(0), "${label}", "none", "", "")`;
  return `${expr} or on() ${zero}`;
}
