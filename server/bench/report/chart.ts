/** The hot room as a picture: CPU per delivery of every peer, one group of bars for each rate. */
import { PEERS, type PeerName } from '../peers.ts';
import type { Statistics } from './statistics.ts';
import { figure } from './table.ts';

const WIDTH = 960;
const HEIGHT = 440;
const LEFT = 56;
const TOP = 56;
const BOTTOM = 330;
const LEGEND = 370;
const LEGEND_COLUMNS = 3;
const GAP = 24;
const SCENARIO = 'hot-room';
const FIGURE = 'nodeUsPerDelivery';
/** Ours stand out, others are grey and blue. */
const COLORS: Readonly<Record<PeerName, string>> = {
  stock: '#64748b',
  sharded: '#94a3b8',
  streams: '#cbd5e1',
  bun: '#38bdf8',
  bare: '#bae6fd',
  c2c: '#ea580c',
  'c2c-ws': '#fdba74',
};

/** An SVG file; empty groups are left out. */
export function chart(statistics: Statistics): string {
  const loads = statistics
    .loads(SCENARIO)
    .filter((load) => parseInt(load, 10) > 1)
    .sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  const peers = statistics.peers(SCENARIO).sort((a, b) => order(a) - order(b));
  const value = (load: string, peer: PeerName) => statistics.median({ scenario: SCENARIO, load, peer }, FIGURE) ?? 0;
  const highest = Math.max(1, ...loads.flatMap((load) => peers.map((peer) => value(load, peer))));
  const groupWidth = (WIDTH - LEFT - GAP) / Math.max(1, loads.length);
  const barWidth = (groupWidth - GAP) / Math.max(1, peers.length);
  const bars = loads.flatMap((load, group) => {
    const x = LEFT + group * groupWidth;
    return [
      text({ x: x + (groupWidth - GAP) / 2, y: BOTTOM + 22 }, load, 'middle'),
      ...peers.map((peer, place) =>
        bar(
          { x: x + place * barWidth, width: barWidth - 3, share: value(load, peer) / highest },
          peer,
          value(load, peer),
        ),
      ),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(
      { x: LEFT, y: 30 },
      'One room of 500 members on 2 nodes: CPU of the nodes per delivered message, µs (less is better)',
      'start',
    ),
    `<line x1="${LEFT}" y1="${BOTTOM}" x2="${WIDTH - GAP}" y2="${BOTTOM}" stroke="#334155"/>`,
    ...bars,
    ...peers.map(legend),
    '</svg>',
    '',
  ].join('\n');
}

function bar(place: { x: number; width: number; share: number }, peer: PeerName, value: number): string {
  const height = place.share * (BOTTOM - TOP - 16);
  const y = BOTTOM - height;
  const box = `<rect x="${round(place.x)}" y="${round(y)}" width="${round(place.width)}" height="${round(height)}" fill="${COLORS[peer]}"/>`;
  return box + text({ x: place.x + place.width / 2, y: y - 5 }, figure(value), 'middle');
}

function legend(peer: PeerName, place: number): string {
  const x = LEFT + (place % LEGEND_COLUMNS) * ((WIDTH - LEFT) / LEGEND_COLUMNS);
  const y = LEGEND + Math.floor(place / LEGEND_COLUMNS) * 24;
  const box = `<rect x="${round(x)}" y="${y}" width="12" height="12" fill="${COLORS[peer]}"/>`;
  return box + text({ x: x + 18, y: y + 11 }, PEERS[peer].title, 'start');
}

function text({ x, y }: { x: number; y: number }, words: string, anchor: 'start' | 'middle'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#0f172a">${words}</text>`;
}

function round(length: number): string {
  return length.toFixed(1);
}

function order(peer: PeerName): number {
  return Object.keys(COLORS).indexOf(peer);
}
