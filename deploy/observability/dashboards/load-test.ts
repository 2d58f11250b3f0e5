/** A load test: what k6 measured outside beside what C2C measured inside, at the same moments. */
import type { Spec } from './dashboard.ts';
import { chart, figure } from './panels.ts';
import { orZero, perSecond, quantile, sum } from './promql.ts';

/** A trend of k6 under all the statistics that were sent: `p50`, `p99`, `max` … */
const trend = (name: string): readonly [string, string] => {
  const all = `max by (__name__) ({__name__=~"k6_chat_${name}_(p[0-9]+|avg|min|max|med)"})`;
  return [`label_replace(${all}, "statistic", "$1", "__name__", "k6_chat_(.+)")`, '{{statistic}}'];
};

/** What k6 counts is there from its first event on. */
const counted = (name: string) => orZero(sum(`k6_${name}_total`));
const each = (name: string) => orZero(perSecond(`k6_${name}_total`));

const LEDGER = [
  figure({
    title: 'Users',
    description: 'Virtual users of k6; some scenarios give each of them several connections.',
    unit: 'none',
    expr: orZero(sum('k6_vus')),
  }),
  figure({
    title: 'Messages sent',
    description: 'Acknowledged in this run.',
    unit: 'short',
    expr: counted('chat_sent'),
  }),
  figure({
    title: 'Lost',
    description: 'Messages that never came to somebody who was there. Must be 0.',
    unit: 'none',
    expr: counted('chat_lost'),
    limit: 1,
    alarm: 'C2CGapNotRepaired',
  }),
  figure({
    title: 'Duplicated',
    description: 'Messages that came twice. Must be 0.',
    unit: 'none',
    expr: counted('chat_duplicated'),
    limit: 1,
  }),
  figure({
    title: 'Out of order',
    description: 'Messages that came in another order. Must be 0.',
    unit: 'none',
    expr: counted('chat_out_of_order'),
    limit: 1,
  }),
  figure({
    title: 'Resyncs',
    description: 'Times that k6 was told that messages are missing.',
    unit: 'none',
    expr: counted('chat_resyncs'),
    limit: 1,
    alarm: 'C2CResyncs',
  }),
];

const BESIDE = [
  chart({
    title: 'k6: from the intended send to each delivery',
    description: 'What a user feels: network, nginx, both ways, and k6 itself.',
    unit: 's',
    queries: [trend('latency')],
    width: 12,
  }),
  chart({
    title: 'C2C: from publication to the sockets',
    description: 'The part of it that nodes and Redis answer for.',
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_delivery_seconds'), '50 of 100'],
      [quantile(0.95, 'c2c_delivery_seconds'), '95 of 100'],
      [quantile(0.99, 'c2c_delivery_seconds'), '99 of 100'],
    ],
    width: 12,
    alarm: 'C2CDeliverySlow',
  }),
  chart({
    title: 'k6: messages sent and received',
    description: 'Each second.',
    unit: 'mps',
    queries: [
      [each('chat_sent'), 'sent'],
      [each('chat_received'), 'received'],
    ],
    width: 12,
  }),
  chart({
    title: 'C2C: messages stored and frames out',
    description: 'Each second. Frames are more than messages received: typing and presence are frames too.',
    unit: 'mps',
    queries: [
      [perSecond('c2c_messages_in_total', '', '{outcome="stored"}'), 'stored'],
      [perSecond('c2c_deliveries_total'), 'frames'],
    ],
    width: 12,
  }),
  chart({
    title: 'k6: from the intended send to the acknowledgement',
    description: 'As the client sees it.',
    unit: 's',
    queries: [trend('send_latency')],
    width: 12,
  }),
  chart({
    title: 'C2C: storing a message',
    description: 'Until it was stored and published.',
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_send_seconds'), '50 of 100'],
      [quantile(0.99, 'c2c_send_seconds'), '99 of 100'],
    ],
    width: 12,
  }),
  chart({
    title: 'k6: connecting and joining',
    description: 'From the moment a user was meant to arrive, or had lost the connection, to the last room joined.',
    unit: 's',
    queries: [trend('(connect|reconnect)')],
    width: 12,
  }),
  chart({
    title: 'C2C: joins',
    description: 'Until the client is in the feed of the room.',
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_join_seconds'), '50 of 100'],
      [quantile(0.99, 'c2c_join_seconds'), '99 of 100'],
    ],
    width: 12,
  }),
];

const LIMITS = [
  chart({
    title: 'k6: what did not work',
    description: 'Each second. A retry is an attempt that was refused and made again; a failure is final.',
    unit: 'eps',
    queries: [
      [each('chat_connect_retries'), 'connects tried again'],
      [each('chat_connect_failed'), 'connects failed'],
      [each('chat_join_failed'), 'joins failed'],
      [each('chat_send_failed'), 'sends failed'],
      [each('chat_limited'), 'rate limited'],
      [each('chat_disconnects'), 'disconnected unasked'],
    ],
  }),
  chart({
    title: 'Connections',
    description: 'Open in C2C, by node.',
    unit: 'none',
    queries: [[sum('c2c_connections', 'node'), '{{node}}']],
    isStacked: true,
  }),
  chart({
    title: 'Processor by part',
    description: 'Cores in use. Where k6 runs on the same machine it takes its own share, which is in its report.',
    unit: 'none',
    queries: [
      [perSecond('process_cpu_seconds_total', 'node', '{node!=""}'), '{{node}}'],
      [`${perSecond('redis_cpu_user_seconds_total')} + ${perSecond('redis_cpu_sys_seconds_total')}`, 'Redis'],
    ],
  }),
  chart({
    title: 'Event-loop delay',
    description: 'The worst moment of a second, in nine seconds of ten. Grows when a node is full.',
    unit: 's',
    queries: [[quantile(0.9, 'c2c_event_loop_delay_seconds', 'node'), '{{node}}']],
    limit: 0.25,
    alarm: 'C2CEventLoopDelay',
  }),
  chart({
    title: 'Bytes that wait for slow readers',
    description: 'In the nodes. k6 reads slowly when it has too much to do.',
    unit: 'bytes',
    queries: [['c2c_buffered_bytes', '{{node}}']],
    alarm: 'C2CSlowClients',
  }),
  chart({
    title: 'Gaps repaired and replays',
    description: 'What C2C mended meanwhile, each second.',
    unit: 'eps',
    queries: [
      [perSecond('c2c_gaps_total', '', '{outcome="repaired"}'), 'gaps repaired'],
      [perSecond('c2c_replays_total', 'source'), 'replayed from {{source}}'],
    ],
  }),
];

/** k6 and C2C side by side. */
export const LOAD_TEST: Spec = {
  uid: 'c2c-load-test',
  title: 'C2C: load test',
  description:
    'What k6 measured outside (npm run load -- <scenario> --remote-write <URL>) beside what C2C measured inside.',
  rows: [
    { title: 'The ledger', panels: LEDGER },
    { title: 'Outside and inside', panels: BESIDE },
    { title: 'Where the limit is', panels: LIMITS },
  ],
};
