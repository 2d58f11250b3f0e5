/** What a panel looks like: charts over time, single figures, heatmaps. One query language, one legend, one set of colours. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as ChartBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** One query and how its lines are called. */
export type Query = readonly [expr: string, legend: string];

/** `unit` is one of Grafana's; `alarm` names the rule whose runbook the panel leads to; `limit` is where it gets red. */
type Common = {
  title: string;
  description: string;
  unit: string;
  alarm?: string;
  limit?: number;
};

/** Lines over time. `isStacked` adds them up; `max` ends the axis. A third of the width unless `width` (of 24) says otherwise. */
export type Chart = Common & { queries: readonly Query[]; isStacked?: boolean; max?: number; width?: number };

/** One number, now. With `isLow` it is red below the limit instead of from it on. */
export type Figure = Common & { expr: string; isLow?: boolean; decimals?: number };

/** A histogram's buckets over time. */
export type Heat = Common & { metric: string; width?: number };

/** Any panel of ours. */
export type Panel = ChartBuilder | StatBuilder | HeatmapBuilder;

/** The one that is chosen on top of the dashboard. */
export const SOURCE = { type: 'prometheus', uid: '$datasource' };
const HEIGHT = 8;

/** Lines over time. */
export function chart(spec: Chart): ChartBuilder {
  const { queries, isStacked = false, max, width = 8, limit } = spec;
  const panel = framed(new ChartBuilder(), spec)
    .span(width)
    .height(HEIGHT)
    .min(0)
    .lineWidth(1)
    .fillOpacity(isStacked ? 40 : 8)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (max !== undefined) panel.max(max);
  if (limit !== undefined) {
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  for (const [index, query] of queries.entries()) panel.withTarget(target(query, index));
  return panel;
}

/** One number, with its recent course behind it. */
export function figure(spec: Figure): StatBuilder {
  const panel = framed(new StatBuilder(), spec)
    .span(4)
    .height(4)
    .colorMode(spec.limit === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .withTarget(target([spec.expr, spec.title], 0));
  return spec.decimals === undefined ? panel : panel.decimals(spec.decimals);
}

/** How often each bucket was hit. */
export function heat(spec: Heat): HeatmapBuilder {
  const expr = `sum by (le) (rate(${spec.metric}_bucket[$__rate_interval]))`;
  const query = target([expr, '{{le}}'], 0).format(PromQueryFormat.Heatmap);
  return framed(new HeatmapBuilder(), spec)
    .span(spec.width ?? 8)
    .height(HEIGHT)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').exponent(0.5).steps(64))
    .withTarget(query);
}

function framed<P extends Panel>(panel: P, { title, description, unit, alarm, limit, ...rest }: Common): P {
  panel.title(title).description(description).datasource(SOURCE).unit(unit);
  panel.thresholds(steps(limit, 'isLow' in rest && rest.isLow === true));
  if (alarm !== undefined) panel.links([runbook(alarm)]);
  return panel;
}

function runbook(alarm: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(`Runbook ${alarm}`)
    .type(DashboardLinkType.Link)
    .url(`\${runbooks}/${alarm}.md`)
    .targetBlank(true);
}

function steps(limit: number | undefined, isLow: boolean): ThresholdsConfigBuilder {
  const config = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute);
  if (limit === undefined) return config.steps([{ color: 'green', value: null }]);
  const [below, from] = isLow ? ['red', 'green'] : ['green', 'red'];
  return config.steps([
    { color: below, value: null },
    { color: from, value: limit },
  ]);
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull']);
}

function target([expr, name]: Query, index: number): DataqueryBuilder {
  const refId = String.fromCharCode('A'.charCodeAt(0) + index);
  return new DataqueryBuilder().refId(refId).datasource(SOURCE).expr(expr).legendFormat(name).range();
}
