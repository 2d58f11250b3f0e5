/** The page about the settings of a node, as Markdown, from their schema. */
import { CONFIG_RULES } from '../src/config-rules.ts';
import type { SettingNotes } from '../src/config-schemas.ts';
import { Environment, SETTING_GROUPS, type SettingGroup } from '../src/config-settings.ts';

/** As much of a setting's schema as the page tells. */
type Shown = SettingNotes & {
  default?: string | number;
  minimum?: number;
  maximum?: number;
  anyOf?: readonly { const?: unknown }[];
};

const PROPERTIES: Readonly<Record<string, object>> = Environment.properties;

const HEAD = `# Configuration of a node

<!-- Made from server/src/config-settings.ts by \`npm run config -- --page\`; \`npm run check\` compares. -->

A node reads its environment once, at start. It refuses to start if anything is wrong and names **every** mistake at once; an
empty variable counts as not given; unknown ones are ignored. No secret has a default. \`npm start\` sets what is marked ◆
and hands everything else on to its nodes.

\`npm run config\` prints the effective values without secrets and where each comes from; with \`--env-file <file>\` those of a file, with \`--compose\`
too those of a node of [compose.yaml](../../deploy/compose.yaml) with that file; it exits with 1 and all mistakes where a node would not start.

## Environments

One build runs everywhere; they differ by these settings only.

| environment | started by | settings come from |
|---|---|---|
| development | \`npm run dev\` | the shell; what is missing is made in \`.c2c/\` |
| test | \`npm test\` | each test, with times scaled and a Redis of its own |
| staging, production | [Compose](../../deploy/README.md), or whatever runs \`server/dist/main.js\` | its environment; examples: [staging.env](../../deploy/environments/staging.env), [production.env](../../deploy/environments/production.env) |
`;

/** The whole page. */
export function configurationPage(): string {
  return [HEAD, ...SETTING_GROUPS.map(section), rules()].join('\n');
}

function section({ title, before, after, names }: SettingGroup): string {
  const head = '| variable | default | unit, form or range | what it does |\n|---|---|---|---|';
  const rows = names.map((name) => row(name, PROPERTIES[name] as Shown | undefined));
  return [`## ${title}`, before, [head, ...rows].join('\n'), after]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

function row(name: string, setting: Shown | undefined): string {
  if (setting === undefined) throw new Error(`there is no setting ${name}`);
  const mark = setting.byLauncher === true ? ' ◆' : '';
  const cells = [`\`${name}\`${mark}`, fallback(setting), form(setting), setting.description];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function fallback({ default: value }: Shown): string {
  if (value === undefined) return '– (required)';
  return value === '' ? 'empty' : `\`${value}\``;
}

function form({ form: told, unit, minimum, maximum, anyOf }: Shown): string {
  if (anyOf !== undefined) return anyOf.map((choice) => `\`${String(choice.const)}\``).join(', ');
  if (minimum === undefined) return told ?? 'text';
  const range = maximum === undefined ? `≥ ${minimum}` : `${minimum} – ${maximum}`;
  return unit === undefined ? range : `${range} ${unit}`;
}

function rules(): string {
  const list = CONFIG_RULES.map(
    ({ setting, sentence }) => `* \`${setting}\` ${sentence.replace(/[A-Z]+(_[A-Z]+)+/g, '`$&`')}.`,
  );
  return `## What must fit together\n\nA node refuses to start when two settings do not fit:\n\n${list.join('\n')}\n`;
}
