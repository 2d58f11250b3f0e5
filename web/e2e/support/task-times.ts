/** How long the tasks of a page's main thread take in processor time, which other programs on the machine do not lengthen. */
import type { CDPSession, Page } from 'playwright-core';

type TraceEvent = { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } };

/** Begins to watch. `stop` answers the processor time of each task of the renderers' main threads, in ms. */
export async function watchTasks(page: Page): Promise<{ stop(): Promise<number[]> }> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const debug: CDPSession = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  debug.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const ended = new Promise((resolve) => debug.once('Tracing.tracingComplete', resolve));
  await debug.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], excludedCategories: ['*'] },
  });
  return {
    async stop() {
      await debug.send('Tracing.end');
      await ended;
      await debug.detach();
      const mains = new Set(events.filter(isMainThread).map(threadOf));
      return events
        .filter((event) => event.name.endsWith('RunTask') && mains.has(threadOf(event)))
        .map(({ tdur = 0 }) => tdur / 1_000);
    },
  };
}

const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;

function isMainThread({ name, args }: TraceEvent): boolean {
  return name === 'thread_name' && args?.name === 'CrRendererMain';
}
