/** Asking a Prometheus: values now, and values over time. */

/** One series. A value is null where it is no number (0 divided by 0). */
export type Course = {
  labels: Readonly<Record<string, string>>;
  points: readonly (readonly [second: number, value: number | null])[];
};

/** From when to when, in seconds since 1970, and how far the points are apart. */
export type Window = { start: number; end: number; step: number };

type Answer<T> = { status: string; error?: string; data: { result: T[] } };
type Labelled = { metric: Record<string, string> };
type Pair = [number, string];

/** Each series with its one value now. Rejects with Prometheus' own words where it refuses the query. */
export async function askNow(url: string, query: string): Promise<Course[]> {
  const result = await ask<Labelled & { value: Pair }>(`${url}/api/v1/query`, { query });
  return result.map(({ metric, value }) => ({ labels: metric, points: [point(value)] }));
}

/** Each series over time. */
export async function askRange(url: string, query: string, { start, end, step }: Window): Promise<Course[]> {
  const words = { query, start: String(start), end: String(end), step: String(step) };
  const result = await ask<Labelled & { values: Pair[] }>(`${url}/api/v1/query_range`, words);
  return result.map(({ metric, values }) => ({ labels: metric, points: values.map(point) }));
}

async function ask<T>(address: string, words: Record<string, string>): Promise<T[]> {
  const signal = AbortSignal.timeout(20_000);
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(words), signal });
  const body = (await answer.json()) as Answer<T>;
  if (body.status !== 'success') throw new Error(`${words.query}: ${body.error}`);
  return body.data.result;
}

function point([second, text]: Pair): readonly [number, number | null] {
  const value = Number(text === '+Inf' ? Number.NaN : text);
  return [second, Number.isFinite(value) ? value : null];
}
