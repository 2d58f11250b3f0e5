/** What all dashboards share: the choice of the data source, where the runbooks are, the way to the other dashboards. */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Panel, SOURCE } from './panels.ts';

/** One dashboard. With `perNode` it has the variable `node`, which its queries use as `{node=~"$node"}`. */
export type Spec = {
  uid: string;
  title: string;
  description: string;
  perNode?: boolean;
  rows: readonly { title: string; panels: readonly Panel[] }[];
};

/** Grafana 11.0's; later ones bring it up to their own when they read it. */
const SCHEMA_VERSION = 39;
/** Where the Prometheus of `npm start -- --observe` shows them. */
const RUNBOOKS = 'http://127.0.0.1:9090/user';

/** The model that Grafana imports. */
export function buildDashboard(spec: Spec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(['c2c'])
    .timezone('browser')
    .time({ from: 'now-30m', to: 'now' })
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .link(others())
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new TextBoxVariableBuilder('runbooks')
        .label('Runbooks')
        .description('Where deploy/observability/runbooks is served')
        .defaultValue(RUNBOOKS),
    );
  if (spec.perNode === true) builder.withVariable(nodeVariable());
  for (const row of spec.rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  return numbered({ ...builder.build(), schemaVersion: SCHEMA_VERSION });
}

function others(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('C2C')
    .type(DashboardLinkType.Dashboards)
    .tags(['c2c'])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
}

function nodeVariable(): QueryVariableBuilder {
  return new QueryVariableBuilder('node')
    .label('Node')
    .datasource(SOURCE)
    .query('label_values(c2c_ready, node)')
    .definition('label_values(c2c_ready, node)')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' });
}

/** Links to one panel stay what they are while its dashboard does. */
function numbered(dashboard: Dashboard): Dashboard {
  return { ...dashboard, panels: (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })) };
}
