/** Whether what `--observe` needs is there, and whether the Prometheus that runs hears from every part. */
import type { PartState } from '../cluster/state.ts';
import { unpackedProgram } from '../services/apt.ts';
import { EXPORTERS } from '../services/exporters.ts';
import { advice, PROMETHEUS } from '../services/provision.ts';
import { type Finding, judge } from './finding.ts';

const FLAG = 'npm start -- --observe';

/** One line about the programs. None of them is needed without the flag, so nothing is wrong where they are missing. */
export function observationPrograms(home: string): Finding {
  const needs = [PROMETHEUS, ...Object.values(EXPORTERS)];
  const missing = needs.filter((need) => (need.find() ?? unpackedProgram(need, home)) === null);
  const names = missing.map(({ name }) => name).join(', ');
  const text = missing.length === 0 ? `${FLAG} finds all it needs` : `${FLAG} tries to fetch ${names}`;
  const commands = missing.map(advice).join('; ');
  return { verdict: 'good', name: 'Prometheus', text: commands === '' ? text : `${text} (${commands})` };
}

/** What the running Prometheus says of its targets; no line where none runs. */
export async function observationFindings(observers: readonly PartState[] = []): Promise<Finding[]> {
  const prometheus = observers.find(({ name }) => name === 'prometheus');
  if (prometheus === undefined) return [];
  const { url, log } = prometheus;
  const targets = await targetsOf(url).catch(() => null);
  const silent = targets?.filter(({ health }) => health === 'down').map(({ name }) => name) ?? [];
  const counted = `hears ${(targets?.length ?? 0) - silent.length} of ${targets?.length} targets`;
  const text = targets === null ? 'does not answer' : counted;
  const fix = targets === null ? `see why: ${log}` : `look at ${silent.join(', ')}: ${url}/targets`;
  return [judge(targets !== null && silent.length === 0, { name: 'observed', text: `${url} ${text}`, fix })];
}

async function targetsOf(url: string): Promise<{ name: string; health: string }[]> {
  const answer = await fetch(`${url}/api/v1/targets?state=active`, { signal: AbortSignal.timeout(3000) });
  const { data } = (await answer.json()) as { data: { activeTargets: { labels: Labels; health: string }[] } };
  return data.activeTargets.map(({ labels, health }) => ({ name: labels.node ?? labels.job, health }));
}

type Labels = { job: string; node?: string };
