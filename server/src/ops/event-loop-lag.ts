/** The usual `nodejs_eventloop_lag_…` metrics, at a tenth of the wake-ups. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** At prom-client's 10 ms the look alone costs an idle node half a per cent of a core. */
const RESOLUTION_MS = 100;
const NANO = 1e-9;

const LOOKS: Readonly<Record<string, (delay: IntervalHistogram) => number>> = {
  min: (delay) => delay.min,
  max: (delay) => delay.max,
  mean: (delay) => delay.mean,
  p50: (delay) => delay.percentile(50),
  p90: (delay) => delay.percentile(90),
  p99: (delay) => delay.percentile(99),
};

/** Takes the place of prom-client's gauges of these names: lateness since the last scrape, without the interval itself. */
export function measureEventLoopLag(registry: Registry): { close(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  registry.removeSingleMetric('nodejs_eventloop_lag_stddev_seconds');
  const names = Object.keys(LOOKS);
  for (const [index, [name, look]] of Object.entries(LOOKS).entries()) {
    const fullName = `nodejs_eventloop_lag_${name}_seconds`;
    registry.removeSingleMetric(fullName);
    new Gauge({
      name: fullName,
      help: `Lateness of the event loop since the last scrape: ${name}`,
      registers: [registry],
      collect() {
        if (delay.count > 0) this.set(Math.max(0, look(delay) * NANO - RESOLUTION_MS / 1_000));
        // A scrape reads all of them in one turn, in this order.
        if (index === names.length - 1) delay.reset();
      },
    });
  }
  return { close: () => delay.disable() };
}
