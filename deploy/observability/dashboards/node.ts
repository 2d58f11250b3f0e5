/** One node, or some beside each other: what it serves, what it costs, what goes wrong in it. */
import type { Spec } from './dashboard.ts';
import { chart } from './panels.ts';
import { largest, orZero, perSecond } from './promql.ts';

const HERE = '{node=~"$node"}';
const COMMANDS = 'c2c_redis_command_seconds';

const rate = (metric: string, labels: string) => perSecond(metric, labels, HERE);
const at = (share: number, metric: string, labels: string) =>
  `histogram_quantile(${share}, ${rate(`${metric}_bucket`, `le, ${labels}`)})`;

const SERVES = [
  chart({
    title: 'Readiness',
    description: 'The checks of /health/ready: 1 holds. One that does not keeps newcomers away.',
    unit: 'none',
    queries: [
      [`c2c_ready${HERE}`, '{{node}} ready'],
      [`c2c_ready_check${HERE}`, '{{node}} {{check}}'],
    ],
    max: 1,
    alarm: 'C2CNodeNotReady',
  }),
  chart({
    title: 'Connections',
    description: 'Open now, by transport.',
    unit: 'none',
    queries: [[`c2c_connections${HERE}`, '{{node}} {{transport}}']],
    isStacked: true,
  }),
  chart({
    title: 'Messages in and frames out',
    description: 'Each second.',
    unit: 'ops',
    queries: [
      [rate('c2c_messages_in_total', 'node'), '{{node}} messages'],
      [rate('c2c_deliveries_total', 'node'), '{{node}} frames'],
    ],
  }),
  chart({
    title: 'REST by route',
    description: '95 of 100 requests.',
    unit: 's',
    queries: [[at(0.95, 'c2c_http_request_seconds', 'method, route'), '{{method}} {{route}}']],
  }),
  chart({
    title: 'Redis as this node sees it',
    description: '99 of 100 commands; the eight that take most time in all.',
    unit: 's',
    queries: [[largest(at(0.99, COMMANDS, 'command'), `${COMMANDS}_sum${HERE}`, 'command'), '{{command}}']],
  }),
  chart({
    title: 'Drain',
    description: 'Share of connections that have moved on while the node ends; 0 while it serves.',
    unit: 'percentunit',
    queries: [[`c2c_drain_progress_ratio${HERE}`, '{{node}}']],
    max: 1,
  }),
];

const COSTS = [
  chart({
    title: 'Event-loop delay',
    description: 'The worst moment of each second.',
    unit: 's',
    queries: [
      [at(0.5, 'c2c_event_loop_delay_seconds', 'node'), '{{node}} half of the seconds'],
      [at(0.9, 'c2c_event_loop_delay_seconds', 'node'), '{{node}} 9 of 10 seconds'],
    ],
    limit: 0.25,
    alarm: 'C2CEventLoopDelay',
  }),
  chart({
    title: 'Processor',
    description: 'Share of one core; JavaScript runs on one.',
    unit: 'percentunit',
    queries: [
      [rate('process_cpu_user_seconds_total', 'node'), '{{node}} user'],
      [rate('process_cpu_system_seconds_total', 'node'), '{{node}} system'],
    ],
    isStacked: true,
  }),
  chart({
    title: 'Memory',
    description: 'Resident, heap in use, and buffers outside of it.',
    unit: 'bytes',
    queries: [
      [`process_resident_memory_bytes${HERE}`, '{{node}} resident'],
      [`nodejs_heap_size_used_bytes${HERE}`, '{{node}} heap'],
      [`nodejs_external_memory_bytes${HERE}`, '{{node}} external'],
    ],
  }),
  chart({
    title: 'Garbage collection',
    description: 'Share of the time, by kind.',
    unit: 'percentunit',
    queries: [[rate('nodejs_gc_duration_seconds_sum', 'node, kind'), '{{node}} {{kind}}']],
  }),
  chart({
    title: 'Files and sockets',
    description: 'Open file descriptors, of those that the machine allows.',
    unit: 'percentunit',
    queries: [[`process_open_fds${HERE} / process_max_fds${HERE}`, '{{node}}']],
    limit: 0.9,
  }),
  chart({
    title: 'Bytes that wait for slow readers',
    description: 'In the process.',
    unit: 'bytes',
    queries: [[`c2c_buffered_bytes${HERE}`, '{{node}}']],
    alarm: 'C2CSlowClients',
  }),
];

const WRONG = [
  chart({
    title: 'Failures by stage',
    description: 'Background work and requests that failed; each has a line in the log (npm run logs).',
    unit: 'eps',
    queries: [[orZero(rate('c2c_failures_total', 'stage'), 'stage'), '{{stage}}']],
  }),
  chart({
    title: 'Errors told to clients',
    description: 'By door and code.',
    unit: 'eps',
    queries: [[orZero(rate('c2c_errors_answered_total', 'door, code'), 'code'), '{{door}} {{code}}']],
  }),
  chart({
    title: 'Up for',
    description: 'Since the process began: a saw blade is a node that dies again and again.',
    unit: 's',
    queries: [[`time() - process_start_time_seconds${HERE}`, '{{node}}']],
    alarm: 'C2CTargetDown',
  }),
];

/** The inside of a node. */
export const NODE: Spec = {
  uid: 'c2c-node',
  title: 'C2C: node',
  description: 'One node, or some beside each other: what it serves, what it costs, what goes wrong in it.',
  perNode: true,
  rows: [
    { title: 'What it serves', panels: SERVES },
    { title: 'What it costs', panels: COSTS },
    { title: 'What goes wrong', panels: WRONG },
  ],
};
