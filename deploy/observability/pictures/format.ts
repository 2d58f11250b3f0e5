/** Values as Grafana writes them, for the units that the dashboards use. */

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const SHORT = ['', ' K', ' Mil', ' Bil'];
/** Each second, of what. */
const RATES: Readonly<Record<string, string>> = {
  mps: 'msg/s',
  ops: 'ops/s',
  eps: 'ev/s',
  cps: 'c/s',
  reqps: 'req/s',
};

/** A value with its unit. */
export function withUnit(value: number, unit: string, decimals?: number): string {
  if (unit === 's') return seconds(value);
  if (unit === 'bytes' || unit === 'Bps') return `${scaled(value, 1024, BYTES)}${unit === 'Bps' ? '/s' : ''}`;
  if (unit === 'percentunit') return `${rounded(value * 100)}%`;
  const rate = RATES[unit];
  const number = decimals === undefined ? scaled(value, 1000, SHORT) : value.toFixed(decimals);
  return rate === undefined ? number : `${number} ${rate}`;
}

/** What a value of that size is counted in: a MiB in bytes, a minute in seconds. */
export function wholeOf(value: number, unit: string): number {
  if (unit === 's') return value < 120 ? 1 : value < 7200 ? 60 : 3600;
  if (unit !== 'bytes' && unit !== 'Bps') return 1;
  return 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10));
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0 s';
  if (size < 0.001) return `${rounded(value * 1e6)} µs`;
  if (size < 1) return `${rounded(value * 1000)} ms`;
  if (size < 120) return `${rounded(value)} s`;
  return size < 7200 ? `${rounded(value / 60)} min` : `${rounded(value / 3600)} h`;
}

function scaled(value: number, base: number, names: readonly string[]): string {
  let [rest, index] = [value, 0];
  while (Math.abs(rest) >= base && index < names.length - 1) [rest, index] = [rest / base, index + 1];
  const name = names[index] ?? '';
  return `${rounded(rest)}${base === 1024 ? ' ' : ''}${name}`;
}

/** Three digits. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
