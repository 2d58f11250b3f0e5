/** The way of a message: from its send to the sockets, and what is done where some are missing. */
import type { Spec } from './dashboard.ts';
import { chart, heat } from './panels.ts';
import { perSecond, quantile, sum } from './promql.ts';

const STORED = perSecond('c2c_messages_in_total', '', '{outcome="stored"}');

const WAY = [
  chart({
    title: 'From publication to the sockets',
    description:
      "Sampled: one flush in 16. From the message's time (Redis) to the node's clock, so their skew is in it.",
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_delivery_seconds'), '50 of 100'],
      [quantile(0.95, 'c2c_delivery_seconds'), '95 of 100'],
      [quantile(0.99, 'c2c_delivery_seconds'), '99 of 100'],
    ],
    limit: 0.5,
    alarm: 'C2CDeliverySlow',
  }),
  heat({
    title: 'All deliveries',
    description: 'How many deliveries took how long.',
    unit: 's',
    metric: 'c2c_delivery_seconds',
  }),
  chart({
    title: 'Slowest node',
    description: '99 of 100 deliveries, by node: one that stands out is busy, or reads Redis late.',
    unit: 's',
    queries: [[quantile(0.99, 'c2c_delivery_seconds', 'node'), '{{node}}']],
    alarm: 'C2CDeliverySlow',
  }),
  chart({
    title: 'Storing a message',
    description: 'Until it was stored and published: the script in Redis, waiting included.',
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_send_seconds'), '50 of 100'],
      [quantile(0.99, 'c2c_send_seconds'), '99 of 100'],
    ],
  }),
  chart({
    title: 'Pub/Sub lag by node',
    description: "From publishing a node's own canary to hearing it, 99 of 100.",
    unit: 's',
    queries: [[quantile(0.99, 'c2c_pubsub_lag_seconds', 'node'), '{{node}}']],
    alarm: 'C2CSubscriberDeaf',
  }),
  chart({
    title: 'Nodes that hear what is published',
    description: '1 while the node hears its own canary.',
    unit: 'none',
    queries: [['c2c_subscriber_alive', '{{node}}']],
    max: 1,
    alarm: 'C2CSubscriberDeaf',
  }),
];

const VOLUME = [
  chart({
    title: 'Messages in and frames out',
    description: 'Each second: messages that were stored, and frames handed to connections.',
    unit: 'ops',
    queries: [
      [STORED, 'messages'],
      [perSecond('c2c_deliveries_total'), 'frames'],
    ],
  }),
  chart({
    title: 'Frames for each message',
    description: 'How large the rooms are that are written to.',
    unit: 'none',
    queries: [[`${perSecond('c2c_deliveries_total')} / ${STORED}`, 'frames']],
  }),
  chart({
    title: 'Frames written at once',
    description:
      'Frames of one room in one flush, on average: more than one where messages come faster than they are written.',
    unit: 'none',
    queries: [
      [
        `${perSecond('c2c_fanout_batch_frames_sum', 'node')} / ${perSecond('c2c_fanout_batch_frames_count', 'node')}`,
        '{{node}}',
      ],
    ],
  }),
  chart({
    title: 'Bytes that wait for slow readers',
    description: 'In the process; what the kernel and nginx hold comes on top.',
    unit: 'bytes',
    queries: [['c2c_buffered_bytes', '{{node}}']],
    alarm: 'C2CSlowClients',
  }),
  chart({
    title: 'Connections cut by a node',
    description: 'Slow readers, and connections whose heartbeat was lost.',
    unit: 'cps',
    queries: [[perSecond('c2c_connections_cut_total', 'door, reason'), '{{door}} {{reason}}']],
    alarm: 'C2CSlowClients',
  }),
  chart({
    title: 'Duplicates refused',
    description: 'Messages that a client sent again, as it had no answer, and that were already stored.',
    unit: 'mps',
    queries: [[perSecond('c2c_messages_in_total', '', '{outcome="duplicate"}'), 'duplicates']],
  }),
];

const REPAIR = [
  chart({
    title: 'Gaps found and repaired',
    description:
      'Messages that Pub/Sub did not bring and that were fetched from the log. Both lines lie on each other.',
    unit: 'eps',
    queries: [[perSecond('c2c_gaps_total', 'outcome'), '{{outcome}}']],
    alarm: 'C2CGapNotRepaired',
  }),
  chart({
    title: 'Oldest open gap',
    description: '0 while none is open.',
    unit: 's',
    queries: [['c2c_gap_oldest_seconds', '{{node}}']],
    limit: 10,
    alarm: 'C2CGapNotRepaired',
  }),
  chart({
    title: 'Resyncs',
    description: 'Rooms that were told that messages are missing, in the last 10 minutes.',
    unit: 'none',
    queries: [['sum by (reason) (increase(c2c_resyncs_total[10m]))', '{{reason}}']],
    limit: 1,
    alarm: 'C2CResyncs',
  }),
  chart({
    title: 'Replays by source',
    description: 'Returning clients: answered from memory, from Redis, or told that it could not be done (none).',
    unit: 'ops',
    queries: [[perSecond('c2c_replays_total', 'source'), '{{source}}']],
    isStacked: true,
  }),
  chart({
    title: 'Publications dropped',
    description: 'Heard twice (repeat), not understood (unknown), or not ours (imitation).',
    unit: 'eps',
    queries: [[perSecond('c2c_dropped_publications_total', 'reason'), '{{reason}}']],
  }),
  chart({
    title: 'Rooms alive',
    description: 'Rooms with a connection, by node; each one is a subscription.',
    unit: 'none',
    queries: [[sum('c2c_rooms_live', 'node'), '{{node}}']],
  }),
];

/** Exactly once and in order: how fast, how much, how often repaired. */
export const DELIVERY: Spec = {
  uid: 'c2c-delivery',
  title: 'C2C: delivery',
  description: 'The way of a message from its send to the sockets, and what is done where some are missing.',
  rows: [
    { title: 'How long it takes', panels: WAY },
    { title: 'How much there is', panels: VOLUME },
    { title: 'What is missing and repaired', panels: REPAIR },
  ],
};
