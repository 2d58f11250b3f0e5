/**
 * `npm run dashboards:pictures`: draws every dashboard from a Prometheus that runs, into deploy/observability/pictures.
 * The drawing is ours, from the JSON that Grafana imports; it is no Grafana.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startChromium } from '../../../web/e2e/support/chromium.ts';
import { bad, good, say } from '../../local/cluster/terminal.ts';
import { SCRAPE_SECONDS } from '../../local/services/prometheus.ts';
import { readDashboards } from '../grafana-model.ts';
import { askNow } from '../prometheus-api.ts';
import { dashboardPage, PAGE_WIDTH, type Source } from './page.ts';

const HELP = `Draws the dashboards from real data: npm start -- --observe in one terminal, some load on it, then

  npm run dashboards:pictures -- [options]

  --url <address>     a Prometheus            (http://127.0.0.1:9090)
  --minutes <n>       how much of the past    (5)
  --end <time>        until when, ISO 8601    (now)
  --out <folder>      where the pictures go   (deploy/observability/pictures)
  --help              this text`;

const { values: given } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9090' },
    minutes: { type: 'string', default: '5' },
    end: { type: 'string', default: new Date().toISOString() },
    out: { type: 'string', default: import.meta.dirname },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function main(): Promise<void> {
  const source = await chosenSource();
  const server = await startChromium();
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ viewport: { width: PAGE_WIDTH, height: 800 } });
    for (const dashboard of readDashboards()) {
      await page.setContent(await dashboardPage(dashboard, source));
      const file = join(resolve(given.out), `${dashboard.uid}.png`);
      writeFileSync(file, await page.screenshot({ fullPage: true }));
      say(good(file));
    }
  } finally {
    await server.close();
  }
}

async function chosenSource(): Promise<Source> {
  const seconds = Number(given.minutes) * 60;
  const end = Math.floor(Date.parse(given.end) / 1000);
  if (!(seconds > 0 && end > 0)) throw new Error('--minutes is a number and --end a time such as 2030-01-31T12:00:00Z');
  const step = Math.max(1, Math.round(seconds / 200));
  const answers = await askNow(given.url, 'group by (node) (last_over_time(c2c_ready[1d]))').catch(() => null);
  if (answers === null) throw new Error(`no Prometheus answers at ${given.url}; npm start -- --observe runs one`);
  const nodes = answers.flatMap(({ labels }) => labels.node ?? []);
  const window = { start: end - seconds, end, step };
  const times = { scrapeSeconds: SCRAPE_SECONDS, stepSeconds: step, rangeSeconds: seconds };
  return { url: given.url, window, choice: { nodes: nodes.sort().slice(0, 1), ...times } };
}

try {
  if (given.help) say(HELP);
  else await main();
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
