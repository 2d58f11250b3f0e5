/**
 * `npm run bench -- key-to-screen`: how long from the key press in one tab to the other tab's screen, on an idle cluster
 * through nginx. Two browser profiles write to each other in turn, so that a difference between their clocks cancels out.
 */
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { startChromium } from './support/chromium.ts';
import { buildAll, startCluster } from './support/cluster.ts';
import { openPerson } from './support/person.ts';

/** One message, ms: until it stands in the document, and until the frame that shows it was drawn. */
type Sample = { toPageMs: number; toScreenMs: number };

/** What the watching script leaves in the page. Times are Unix ms with a fraction. */
type Watch = { pressedAtMs: number; seen: Promise<{ pageAtMs: number; screenAtMs: number }> };

declare global {
  var watch: Watch;
}

/** Remembers when Enter was pressed in the page that writes. Runs in the page, where no names but its own exist. */
function armWriter(): void {
  globalThis.watch = { pressedAtMs: 0, seen: Promise.resolve({ pageAtMs: 0, screenAtMs: 0 }) };
  addEventListener(
    'keydown',
    ({ key, timeStamp }) => {
      if (key === 'Enter') globalThis.watch.pressedAtMs = performance.timeOrigin + timeStamp;
    },
    { capture: true, once: true },
  );
}

/** Waits, in the page that reads, for the next bubble, and for the turn after the frame with it. */
function armReader(): void {
  const seen = new Promise<{ pageAtMs: number; screenAtMs: number }>((resolve) => {
    const observer = new MutationObserver(() => {
      const pageAtMs = performance.timeOrigin + performance.now();
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve({ pageAtMs, screenAtMs: performance.timeOrigin + performance.now() });
        port2.postMessage(null);
      });
    });
    const list = document.querySelector('.rows');
    if (list) observer.observe(list, { childList: true, subtree: true });
  });
  globalThis.watch = { pressedAtMs: 0, seen };
}

async function sample(writer: Page, reader: Page, text: string): Promise<Sample> {
  await writer.locator('.composer textarea').fill(text);
  // What `typing` and the last `reads` set off is over by now: the cluster is idle.
  await reader.waitForTimeout(100);
  await Promise.all([writer.evaluate(armWriter), reader.evaluate(armReader)]);
  await writer.keyboard.press('Enter');
  const { pageAtMs, screenAtMs } = await reader.evaluate(() => globalThis.watch.seen);
  const pressedAtMs = await writer.evaluate(() => globalThis.watch.pressedAtMs);
  return { toPageMs: pageAtMs - pressedAtMs, toScreenMs: screenAtMs - pressedAtMs };
}

async function measure(count: number): Promise<Sample[]> {
  await buildAll();
  const cluster = await startCluster({ nodes: 3 });
  try {
    const server = await startChromium();
    const browser = await chromium.connect(server.wsEndpoint());
    const [one, other] = [await openPerson(browser, '하나'), await openPerson(browser, '두리')];
    await one.makeRoom(cluster.url);
    await other.enter(one.page.url());
    const samples: Sample[] = [];
    for (let number = -WARM_UP; number < count; number += 1) {
      const [writer, reader] = number % 2 === 0 ? [one.page, other.page] : [other.page, one.page];
      const taken = await sample(writer, reader, `메시지 ${number}`);
      if (number >= 0) samples.push(taken);
    }
    await server.close();
    return samples;
  } finally {
    await cluster.stop();
  }
}

function line(label: string, values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(1).padStart(7);
  return `${label.padEnd(34)}p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   max ${at(1)} ms`;
}

const WARM_UP = 10;
const { values } = parseArgs({ options: { messages: { type: 'string', default: '100' } } });
const samples = await measure(Number(values.messages));
process.stdout.write(`${samples.length} messages, one at a time, 3 nodes behind nginx, Node ${process.version}
${line(
  'key press → in the other page',
  samples.map(({ toPageMs }) => toPageMs),
)}
${line(
  'key press → on the other screen',
  samples.map(({ toScreenMs }) => toScreenMs),
)}
`);
