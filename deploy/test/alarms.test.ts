/** The alarms as Prometheus itself judges them, and the page that stands behind each. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { anyFreePort } from '../local/process/ports.ts';
import { EXPORTERS, startExporter } from '../local/services/exporters.ts';
import { startRedis } from '../local/services/redis.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: Record<string, string> };
type RuleTest = { name: string; alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] };

const ROOT = join(import.meta.dirname, '../..');
const PLACE = join(ROOT, 'deploy/observability');
const RULES = join(PLACE, 'prometheus/rules/alarms.yml');
const TESTS = join(PLACE, 'prometheus/tests/alarms.test.yml');
const PAGES = join(PLACE, 'runbooks');

/** Settings and codes look like this. */
const CONSTANT = /\b[A-Z]+_[A-Z_]+\b/g;

const text = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const rules = (parse(readFileSync(RULES, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const names = rules.map(({ alert }) => alert).sort();
const pages = readdirSync(PAGES).map((file) => ({
  name: file.replace(/\.md$/, ''),
  text: readFileSync(join(PAGES, file), 'utf8'),
}));
const queriesOf = (page: string) =>
  [...page.matchAll(/```promql\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));

function promtool(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
  return status === 0 ? 'well' : `${stdout}${stderr}${String(error ?? '')}`;
}

describe('the alarms', () => {
  it('are rules that Prometheus loads', () => {
    expect(promtool('check', 'rules', RULES)).toBe('well');
  });

  it('fire where they must and are silent where they must be', () => {
    expect(promtool('test', 'rules', TESTS)).toBe('well');
  });

  it('have a test that fires each and one that keeps it silent', () => {
    const { tests } = parse(readFileSync(TESTS, 'utf8')) as { tests: RuleTest[] };
    const cases = tests.flatMap(({ alert_rule_test: looks }) => looks);
    const firing = cases.filter(({ exp_alerts: alerts }) => alerts.length > 0).map(({ alertname }) => alertname);
    const silent = cases.filter(({ exp_alerts: alerts }) => alerts.length === 0).map(({ alertname }) => alertname);
    expect([...new Set(firing)].sort()).toEqual(names);
    expect([...new Set(silent)].sort()).toEqual(names);
  });

  it('say what users feel, how bad it is and where the page is', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity, alert).toMatch(/^(page|ticket)$/);
      expect(annotations, alert).toMatchObject({ summary: expect.any(String), description: expect.any(String) });
      expect(annotations.runbook).toBe(`deploy/observability/runbooks/${alert}.md`);
    }
  });
});

describe('the runbooks', () => {
  it('are one page an alarm, in the same three steps', () => {
    expect(pages.map(({ name }) => name).sort()).toEqual(names);
    for (const page of pages) {
      const headings = page.text.match(/^#+ .*$/gm);
      expect(headings).toEqual([`# ${page.name}`, '## What it means', '## Look here', '## Do this']);
      expect(queriesOf(page.text).length, page.name).toBeGreaterThan(0);
      for (const [, link = ''] of page.text.matchAll(/\]\(([^)]+)\.md\)/g)) expect(names).toContain(link);
    }
  });

  it('hold queries that Prometheus understands', () => {
    const asked = pages.flatMap((page) =>
      queriesOf(page.text).map((expr, n) => ({ record: `q:${page.name}:${n}`, expr })),
    );
    const file = join(temporaryFolder(), 'queries.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: asked }] }));
    expect(promtool('check', 'rules', file)).toBe('well');
  });

  it('name commands, settings and codes that there are', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const known = new Set(
      ['docs/CONFIGURATION.md', 'src/protocol/errors.ts', 'src/protocol/closes.ts'].flatMap((file) =>
        text('server', file).match(CONSTANT),
      ),
    );
    for (const page of pages) {
      for (const [, script = ''] of page.text.matchAll(/npm (?:run )?([a-z:]+)/g))
        expect(scripts).toHaveProperty(script);
      for (const [, option = ''] of page.text.matchAll(/npm run logs -- (--[a-z-]+)/g)) {
        expect(text('deploy/local/logs/options.ts')).toContain(option);
      }
      for (const [name] of page.text.matchAll(CONSTANT))
        if (name !== 'NODE_OPTIONS') expect(known.has(name), name).toBe(true);
    }
  });
});

describe('every metric that an alarm or a page names', () => {
  it('is declared by a node, or told by the exporter of a running Redis', async () => {
    const redis = await startRedis({ dir: temporaryFolder(), aof: false });
    onTestFinished(() => redis.stop());
    const program = EXPORTERS.redis.find();
    if (program === null) throw new Error('there is no prometheus-redis-exporter on PATH');
    const place = { port: await anyFreePort(), logFile: join(temporaryFolder(), 'exporter.log') };
    const exporter = await startExporter({ of: 'redis', target: redis.url, program, ...place });
    onTestFinished(() => exporter.stop());

    const told = await (await fetch(exporter.url)).text();
    const declared = text('deploy/observability/prometheus/rules/README.md');
    const ofNode = new Set(Array.from(declared.matchAll(/^\| `([a-z0-9_]+)`/gm), ([, name]) => name));
    const ofRedis = new Set(Array.from(told.matchAll(/^# TYPE (redis_\w+)/gm), ([, name]) => name));
    const queries = [...rules.map(({ expr }) => expr), ...pages.flatMap((page) => queriesOf(page.text))].join('\n');
    for (const [name] of queries.matchAll(/\b(c2c|socket_io)_[a-z0-9_]+/g)) {
      expect(ofNode).toContain(name.replace(/_(bucket|sum|count)$/, ''));
    }
    for (const [name] of queries.matchAll(/\bredis_[a-z0-9_]+/g)) expect(ofRedis).toContain(name);
  });
});
