/** How a run goes, while it goes: one line that renews itself on a terminal, a line now and then in a log. */
import { say } from '../cluster/terminal.ts';
import type { K6Run, Values } from './k6-run.ts';

const ON_TERMINAL_MS = 1_000;
const IN_LOG_MS = 10_000;

/** Shows it until told to stop. */
export function showProgress(run: K6Run): () => void {
  const isTerminal = process.stdout.isTTY === true;
  const begin = performance.now();
  let last = { at: begin, sent: 0, received: 0 };
  let isOver = false;
  const show = async () => {
    const metrics = await run.metrics();
    if (isOver || metrics.size === 0) return;
    const at = performance.now();
    const [sent, received] = [countOf(metrics, 'chat_sent'), countOf(metrics, 'chat_received')];
    const perSecond = (now: number, before: number) => Math.round(((now - before) * 1_000) / (at - last.at));
    const parts = [
      `${Math.round((at - begin) / 1_000)} s`.padStart(7),
      `${countOf(metrics, 'chat_connected') - countOf(metrics, 'chat_closed')} connections`,
      `${perSecond(sent, last.sent)} messages/s`,
      `${perSecond(received, last.received)} deliveries/s`,
      ...latencyPart(metrics.get('chat_latency')),
      ...ledgerPart(metrics),
    ];
    last = { at, sent, received };
    if (isTerminal) process.stdout.write(`\r\u001b[K${parts.join('   ')}`);
    else say(parts.join('   '));
  };
  const timer = setInterval(() => void show(), isTerminal ? ON_TERMINAL_MS : IN_LOG_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
    if (isTerminal) process.stdout.write('\r\u001b[K');
  };
}

function countOf(metrics: ReadonlyMap<string, Values>, name: string): number {
  return metrics.get(name)?.count ?? 0;
}

function latencyPart(values: Values | undefined): string[] {
  return values?.['p(95)'] ? [`p95 ${Math.round(values['p(95)'])} ms`] : [];
}

/** Only what should not be there. */
function ledgerPart(metrics: ReadonlyMap<string, Values>): string[] {
  const names = [
    'lost',
    'duplicated',
    'out_of_order',
    'send_failed',
    'join_failed',
    'connect_failed',
    'connect_retries',
  ];
  return names.flatMap((name) => {
    const count = countOf(metrics, `chat_${name}`);
    return count > 0 ? [`${name.replaceAll('_', ' ')} ${count}`] : [];
  });
}
