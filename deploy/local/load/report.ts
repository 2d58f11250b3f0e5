/** What a run found, as lines for the terminal, as JSON, and at the head of k6's own page. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Settings } from '@c2c/loadtest/settings';
import type { Summary, Values } from './k6-run.ts';
import { PROCESSORS, type Usage } from './usage.ts';

/** Memory of a node before and after. */
export type NodeMemory = { name: string; before: number; after: number };

/** All that is known of one run. `readers` are those who stopped reading, where there were some. */
export type Outcome = {
  settings: Settings;
  crowd: Summary;
  readers: Summary | null;
  usage: Usage;
  nodes: readonly NodeMemory[];
  k6: string;
};

/** Busier than this, the machine and not the cluster sets the figures. */
const SATURATED = 0.9;

/** Said where it was. */
export const MACHINE_BUSY =
  'the machine was more than 90 % busy: its limit, not that of the cluster, sets these figures';

const STYLE =
  'margin:0;padding:16px 24px;font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;color:#222;background:#fff';

const NOTHING: Values = {};

/** The table. */
export function tableOf({ settings, crowd, readers, usage, nodes }: Outcome): string[] {
  const rows: [label: string, text: string][] = [
    ['connections', connectionsRow(crowd)],
    ['messages', messagesRow(crowd, settings)],
    ['delivery', `${timesOf(crowd, 'chat_latency')}   (from the moment a message was meant to be sent)`],
    ['answer to a send', timesOf(crowd, 'chat_send_latency')],
    ...(countOf(crowd, 'chat_replayed') > 0 ? [reconnectRow(crowd)] : []),
    ['ledger', ledgerRow(crowd)],
    ...(readers === null ? [] : readerRows(readers)),
    ['k6', usageRow(usage)],
    ...nodes.map(({ name, before, after }): [string, string] => [name, `memory ${mb(before)} → ${mb(after)} MB`]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `  ${label.padEnd(width)}   ${text}`);
}

/** How large a run is. */
export function sizeOf({ users, rooms, rate, seconds }: Settings): string {
  return `${users} users, ${rooms} ${rooms === 1 ? 'room' : 'rooms'}, ${rate} messages/s for ${seconds} s`;
}

/** One line for each threshold that does not hold, or one that all do. */
export function verdictOf({ crowd, readers, usage }: Outcome) {
  const all = [...thresholdsOf(crowd, ''), ...(readers === null ? [] : thresholdsOf(readers, 'stopped readers: '))];
  const broken = all.filter(({ ok }) => !ok).map(({ text }) => text);
  return {
    isWell: broken.length === 0,
    lines: broken.length === 0 ? [`all ${all.length} thresholds hold`] : broken,
    isMachineBusy: usage.machineBusy > SATURATED,
  };
}

/** The verdict for a page. */
export function verdictLines(outcome: Outcome): string[] {
  const { isWell, lines, isMachineBusy } = verdictOf(outcome);
  return [...lines.map((line) => `${isWell ? '✔' : '✘'} ${line}`), ...(isMachineBusy ? [`! ${MACHINE_BUSY}`] : [])];
}

/** Writes `summary.json` and the head of `report.html`. */
export function writeReport(outcome: Outcome, files: { json: string; html: string }): void {
  const { isWell } = verdictOf(outcome);
  writeFileSync(files.json, `${JSON.stringify({ isWell, processors: PROCESSORS, ...outcome }, null, 2)}\n`);
  if (!existsSync(files.html)) return;
  const { settings } = outcome;
  const head = [`${settings.scenario}: ${settings.says}`, sizeOf(settings), '', ...tableOf(outcome), ''];
  const text = escapeHtml([...head, ...verdictLines(outcome)].join('\n'));
  const page = readFileSync(files.html, 'utf8');
  writeFileSync(
    files.html,
    page.replace(/<body[^>]*>/, (body) => `${body}<pre style="${STYLE}">${text}</pre>`),
  );
}

/** Counts that are absent are zero. */
export function countOf({ metrics }: Summary, name: string): number {
  return metrics[name]?.values.count ?? 0;
}

/** Whole milliseconds. */
export function timesOf({ metrics }: Summary, name: string): string {
  const values = metrics[name]?.values ?? NOTHING;
  const show = (key: string) => `${Math.round(values[key] ?? 0)} ms`;
  return values.max === undefined
    ? 'none'
    : `p50 ${show('med')}   p95 ${show('p(95)')}   p99 ${show('p(99)')}   max ${show('max')}`;
}

function connectionsRow(crowd: Summary): string {
  const retries = countOf(crowd, 'chat_connect_retries');
  const failed = countOf(crowd, 'chat_connect_failed');
  return `${countOf(crowd, 'chat_connected')} made, ${retries} tried again, ${failed} given up   ${timesOf(crowd, 'chat_connect')}`;
}

function messagesRow(crowd: Summary, { seconds }: Settings): string {
  const [sent, received] = [countOf(crowd, 'chat_sent'), countOf(crowd, 'chat_received')];
  const perSecond = (count: number) => `${Math.round(count / seconds)}/s`;
  const failed = countOf(crowd, 'chat_send_failed');
  return `${sent} sent (${perSecond(sent)}), ${received} delivered (${perSecond(received)}), ${failed} sends failed`;
}

function reconnectRow(crowd: Summary): [string, string] {
  return ['reconnects', `${countOf(crowd, 'chat_replayed')} messages replayed   ${timesOf(crowd, 'chat_reconnect')}`];
}

function ledgerRow(summary: Summary): string {
  const count = (name: string) => countOf(summary, `chat_${name}`);
  const ledger = `${count('lost')} lost, ${count('duplicated')} duplicated, ${count('out_of_order')} out of order`;
  return `${ledger}, ${count('resyncs')} resyncs; ${count('checked')} memberships checked`;
}

function readerRows(readers: Summary): [string, string][] {
  const [cut, replayed] = [countOf(readers, 'chat_disconnects'), countOf(readers, 'chat_replayed')];
  return [
    [
      'stopped readers',
      `${cut} cut by the server, ${countOf(readers, 'chat_received')} delivered, ${replayed} replayed`,
    ],
    ['  their ledger', ledgerRow(readers)],
  ];
}

function usageRow({ processors, mostProcessors, memoryBytes, machineBusy }: Usage): string {
  const used = `${processors.toFixed(2)} of ${PROCESSORS} processors (most ${mostProcessors.toFixed(2)})`;
  return `${used}, ${mb(memoryBytes)} MB; the whole machine was ${Math.round(machineBusy * 100)} % busy`;
}

function thresholdsOf({ metrics }: Summary, whose: string): { ok: boolean; text: string }[] {
  return Object.entries(metrics).flatMap(([metric, { values, thresholds = {} }]) =>
    Object.entries(thresholds).map(([rule, { ok }]) => {
      const key = /^(.*?)[<>=]/.exec(rule)?.[1] ?? '';
      return {
        ok,
        text: `${whose}${metric} is ${Math.round(values[key] ?? 0)}, and must be ${rule.slice(key.length)}`,
      };
    }),
  );
}

function mb(bytes: number): string {
  return String(Math.round(bytes / 1_048_576));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
