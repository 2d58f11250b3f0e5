/** Whether people can use C2C now, on one screen. */
import type { Spec } from './dashboard.ts';
import { chart, figure } from './panels.ts';
import { orZero, perSecond, quantile, sum } from './promql.ts';

const NOW = [
  figure({
    title: 'Nodes ready',
    description: 'Nodes whose /health/ready says that they can serve.',
    unit: 'none',
    expr: sum('c2c_ready'),
    limit: 1,
    isLow: true,
    alarm: 'C2CNodeNotReady',
  }),
  figure({
    title: 'Alarms firing',
    description: 'Of all rules that this Prometheus holds; Prometheus shows them on its page /alerts.',
    unit: 'none',
    expr: orZero('count(ALERTS{alertstate="firing"})'),
    limit: 1,
  }),
  figure({
    title: 'Connections',
    description: 'Open now, over all nodes and transports.',
    unit: 'none',
    expr: sum('c2c_connections'),
  }),
  figure({
    title: 'Messages',
    description: 'Stored and published each second.',
    unit: 'mps',
    expr: perSecond('c2c_messages_in_total', '', '{outcome="stored"}'),
    decimals: 1,
  }),
  figure({
    title: 'Delivery, 99 of 100',
    description: 'From publication to the write on the sockets; 0 while nobody writes.',
    unit: 's',
    expr: orZero(`(${quantile(0.99, 'c2c_delivery_seconds')} >= 0)`),
    limit: 0.5,
    alarm: 'C2CDeliverySlow',
  }),
  figure({
    title: 'Resyncs in an hour',
    description: 'Rooms that were told that messages are missing. Should be 0.',
    unit: 'none',
    expr: 'sum(increase(c2c_resyncs_total[1h]))',
    limit: 1,
    decimals: 0,
    alarm: 'C2CResyncs',
  }),
];

const TRAFFIC = [
  chart({
    title: 'Connections by transport',
    description: 'Open connections of all nodes.',
    unit: 'none',
    queries: [[sum('c2c_connections', 'transport'), '{{transport}}']],
    isStacked: true,
  }),
  chart({
    title: 'Connections opened and closed',
    description: 'Each second. Both high at once: clients connect again and again.',
    unit: 'cps',
    queries: [
      [perSecond('c2c_connections_opened_total'), 'opened'],
      [perSecond('c2c_connections_closed_total'), 'closed'],
    ],
    alarm: 'C2CReconnectStorm',
  }),
  chart({
    title: 'Messages in, by outcome',
    description: '`duplicate`: sent again by a client and refused, as it should be. Codes are errors.',
    unit: 'mps',
    queries: [[perSecond('c2c_messages_in_total', 'outcome'), '{{outcome}}']],
    alarm: 'C2CSendsRefused',
  }),
  chart({
    title: 'Deliveries by node',
    description: 'Frames handed to connections each second.',
    unit: 'ops',
    queries: [[perSecond('c2c_deliveries_total', 'node'), '{{node}}']],
    isStacked: true,
  }),
  chart({
    title: 'REST requests by status',
    description: 'Each second, as the nodes answered them.',
    unit: 'reqps',
    queries: [[perSecond('c2c_http_request_seconds_count', 'status'), '{{status}}']],
    isStacked: true,
  }),
  chart({
    title: 'Errors told to clients',
    description: 'By code, on all doors.',
    unit: 'eps',
    queries: [[orZero(perSecond('c2c_errors_answered_total', 'code'), 'code'), '{{code}}']],
  }),
];

const HEALTH = [
  chart({
    title: 'Delivery',
    description: 'From publication to the write on the sockets.',
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_delivery_seconds'), '50 of 100'],
      [quantile(0.95, 'c2c_delivery_seconds'), '95 of 100'],
      [quantile(0.99, 'c2c_delivery_seconds'), '99 of 100'],
    ],
    alarm: 'C2CDeliverySlow',
  }),
  chart({
    title: 'Event-loop delay by node',
    description: 'What the worst moment of a second was, in nine seconds of ten.',
    unit: 's',
    queries: [[quantile(0.9, 'c2c_event_loop_delay_seconds', 'node'), '{{node}}']],
    alarm: 'C2CEventLoopDelay',
  }),
  chart({
    title: 'Processor by part',
    description: 'Cores in use. A node has one thread that matters: 1 is full.',
    unit: 'none',
    queries: [
      [perSecond('process_cpu_seconds_total', 'node', '{node!=""}'), '{{node}}'],
      [`${perSecond('redis_cpu_user_seconds_total')} + ${perSecond('redis_cpu_sys_seconds_total')}`, 'Redis'],
    ],
  }),
  chart({
    title: 'Memory by part',
    description: 'Resident memory of the nodes; what Redis uses.',
    unit: 'bytes',
    queries: [
      ['process_resident_memory_bytes{node!=""}', '{{node}}'],
      ['redis_memory_used_rss_bytes', 'Redis'],
    ],
    alarm: 'C2CRedisMemory',
  }),
  chart({
    title: 'Targets that answer',
    description: 'Everything that Prometheus looks at: 1 answers, 0 does not.',
    unit: 'none',
    queries: [['min by (job, node) (up)', '{{job}} {{node}}']],
    max: 1,
    alarm: 'C2CTargetDown',
  }),
  chart({
    title: 'nginx',
    description: 'Requests each second, upgrades counted once; connections of both sides.',
    unit: 'none',
    queries: [
      [perSecond('nginx_http_requests_total'), 'requests each second'],
      [sum('nginx_connections_active'), 'connections'],
    ],
  }),
];

/** The first dashboard to open. */
export const OVERVIEW: Spec = {
  uid: 'c2c-overview',
  title: 'C2C: cluster',
  description: 'Whether people can use C2C now: nodes, traffic, errors, delivery, processor, memory.',
  rows: [
    { title: 'Now', panels: NOW },
    { title: 'Traffic', panels: TRAFFIC },
    { title: 'Health', panels: HEALTH },
  ],
};
