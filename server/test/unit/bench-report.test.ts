/** The table of the comparison: medians with their ends, ratios with their verdicts. */
import { describe, expect, it } from 'vitest';
import { chart } from '../../bench/report/chart.ts';
import { goalsOf, verdictOn } from '../../bench/report/goals.ts';
import { createStatistics } from '../../bench/report/statistics.ts';
import { asMarkdown, asText, figure } from '../../bench/report/table.ts';
import { scenarioTable } from '../../bench/report/tables.ts';
import { HOT_ROOM } from '../../bench/scenarios/hot-room.ts';
import type { Sample } from '../../bench/scenarios/scenario.ts';

function samples(peer: Sample['peer'], costs: readonly number[]): Sample[] {
  return costs.map((nodeUsPerDelivery, repeat) => ({
    ...{ scenario: 'hot-room', load: '200 msg/s', peer, repeat },
    figures: { nodeUsPerDelivery, lost: 1 },
  }));
}

const statistics = createStatistics([...samples('stock', [6, 9, 7]), ...samples('c2c', [2, 3])]);
const stock = { scenario: 'hot-room', load: '200 msg/s', peer: 'stock' } as const;

describe('figures of repeats', () => {
  it('are their median and their ends', () => {
    expect(statistics.spread(stock, 'nodeUsPerDelivery')).toEqual({ median: 7, least: 6, most: 9 });
    expect(statistics.median({ ...stock, peer: 'c2c' }, 'nodeUsPerDelivery')).toBe(2.5);
  });

  it('are added up where they are faults', () => {
    expect(statistics.sum(stock, 'lost')).toBe(3);
  });

  it('are nothing where nothing was measured', () => {
    expect(statistics.median({ ...stock, peer: 'bun' }, 'nodeUsPerDelivery')).toBeNull();
  });
});

describe('a goal', () => {
  const goal = { id: 'F1', measure: '', unit: '×', floor: 0.5, aim: 0.35, isMoreBetter: false };

  it('is the ratio of medians', () => {
    const measured = goalsOf(statistics).filter(({ value }) => value !== null);
    expect(measured.map(({ id, value }) => [id, value])).toEqual([['F1', 2.5 / 7]]);
  });

  it('has a floor and an aim, in either direction', () => {
    expect(verdictOn({ ...goal, value: 0.51 })).toBe('below the floor');
    expect(verdictOn({ ...goal, value: 0.5 })).toBe('floor holds');
    expect(verdictOn({ ...goal, value: 0.3 })).toBe('aim reached');
    expect(verdictOn({ ...goal, value: null })).toBe('not measured');
    expect(verdictOn({ ...goal, floor: 2.5, aim: 4, value: 3, isMoreBetter: true })).toBe('floor holds');
    expect(verdictOn({ ...goal, floor: 2.5, aim: 4, value: 2, isMoreBetter: true })).toBe('below the floor');
  });
});

describe('the page', () => {
  it('shows medians with their ends, and faults as sums', () => {
    const table = scenarioTable(HOT_ROOM, statistics);
    expect(table.head).toEqual(['', 'CPU µs/delivery', 'lost']);
    expect(table.rows[0]).toEqual(['200 msg/s · Socket.IO, redis-adapter', '7.00 (6.00–9.00)', '3']);
    expect(asMarkdown(table)).toContain('| 200 msg/s · C2C, Socket.IO door | 2.50 (2.00–3.00) | 2 |');
    expect(asText(table).split('\n')).toHaveLength(5);
  });

  it('draws one bar for each peer', () => {
    const svg = chart(statistics);
    expect(svg.match(/<rect[^>]*fill="#(64748b|ea580c)"\/>/g)).toHaveLength(4);
    expect(svg).toContain('>7.00</text>');
  });

  it('rounds to what a measurement can say', () => {
    expect([0, 0.123, 12.34, 123.4, 12_345.6, null].map(figure)).toEqual([
      '0.00',
      '0.12',
      '12.3',
      '123',
      '12 346',
      '–',
    ]);
  });
});
