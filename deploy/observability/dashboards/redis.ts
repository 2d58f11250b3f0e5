/** Redis, seen by itself and by the nodes. */
import type { Spec } from './dashboard.ts';
import { chart, figure } from './panels.ts';
import { largest, orZero, perSecond, quantile, sum } from './promql.ts';

/** Of its own limit where it has one, else of the machine. */
const MEMORY_SHARE = 'max(redis_memory_used_bytes / ((redis_memory_max_bytes > 0) or redis_total_system_memory_bytes))';

const COMMANDS = 'c2c_redis_command_seconds';
const KINDS = 'redis_commands_total';
const TIMES = 'redis_commands_duration_seconds_total';

const NOW = [
  figure({
    title: 'Redis answers',
    description: '1 while the exporter reaches it.',
    unit: 'none',
    expr: 'min(redis_up)',
    limit: 1,
    isLow: true,
    alarm: 'C2CTargetDown',
  }),
  figure({
    title: 'Memory in use',
    description: 'Of its limit (maxmemory), or of the machine where it has none. Full, it refuses sends and joins.',
    unit: 'percentunit',
    expr: MEMORY_SHARE,
    limit: 0.85,
    alarm: 'C2CRedisMemory',
  }),
  figure({
    title: 'Breakers open',
    description: 'Nodes that refuse calls to Redis at once, as it did not answer.',
    unit: 'none',
    expr: sum('c2c_redis_breaker_open'),
    limit: 1,
    alarm: 'C2CRedisBreakerOpen',
  }),
  figure({ title: 'Keys', description: 'In all databases.', unit: 'short', expr: sum('redis_db_keys') }),
  figure({
    title: 'Channels',
    description: 'With a subscriber: one for each room alive, and those of the adapter.',
    unit: 'none',
    expr: sum('redis_pubsub_channels'),
  }),
  figure({
    title: 'Append-only file',
    description: '1 while the last write to it succeeded; what was acknowledged survives a crash.',
    unit: 'none',
    expr: 'min(redis_aof_last_write_status)',
    limit: 1,
    isLow: true,
  }),
];

const NODES = [
  chart({
    title: 'Commands as the nodes see them',
    description: '99 of 100, waiting in the client included; the eight that take most time in all.',
    unit: 's',
    queries: [[largest(quantile(0.99, COMMANDS, 'command'), `${COMMANDS}_sum`, 'command'), '{{command}}']],
  }),
  chart({
    title: 'Commands that failed',
    description: 'By command, each second; those that an open breaker refused too.',
    unit: 'eps',
    queries: [[orZero(perSecond('c2c_redis_errors_total', 'command'), 'command'), '{{command}}']],
    alarm: 'C2CRedisBreakerOpen',
  }),
  chart({
    title: 'Breakers',
    description: '1 while a node refuses calls on that connection at once.',
    unit: 'none',
    queries: [['c2c_redis_breaker_open', '{{node}} {{connection}}']],
    max: 1,
    limit: 1,
    alarm: 'C2CRedisBreakerOpen',
  }),
];

const SERVER = [
  chart({
    title: 'Commands by kind',
    description: 'The eight most frequent, each second; commands inside of scripts count.',
    unit: 'ops',
    queries: [[largest(perSecond(KINDS, 'cmd'), KINDS, 'cmd'), '{{cmd}}']],
    width: 12,
  }),
  chart({
    title: 'Time by kind',
    description: 'Share of one core that the eight most expensive commands take. Redis has one thread: 1 is full.',
    unit: 'percentunit',
    queries: [[largest(perSecond(TIMES, 'cmd'), TIMES, 'cmd'), '{{cmd}}']],
    width: 12,
  }),
  chart({
    title: 'Memory',
    description: 'Used by data and buffers, and resident.',
    unit: 'bytes',
    queries: [
      ['redis_memory_used_bytes', 'used'],
      ['redis_memory_used_rss_bytes', 'resident'],
      ['redis_memory_used_dataset_bytes', 'data'],
    ],
    alarm: 'C2CRedisMemory',
  }),
  chart({
    title: 'Processor',
    description: 'Share of one core.',
    unit: 'percentunit',
    queries: [
      [perSecond('redis_cpu_user_seconds_total'), 'user'],
      [perSecond('redis_cpu_sys_seconds_total'), 'system'],
    ],
    isStacked: true,
  }),
  chart({
    title: 'Network',
    description: 'Bytes each second; what is published leaves once for each node that has the room.',
    unit: 'Bps',
    queries: [
      [perSecond('redis_net_input_bytes_total'), 'in'],
      [perSecond('redis_net_output_bytes_total'), 'out'],
    ],
  }),
  chart({
    title: 'Keys lapsed and evicted',
    description: 'Lapsed is how presence works. Evicted must be 0: eviction loses rooms.',
    unit: 'ops',
    queries: [
      [perSecond('redis_expired_keys_total'), 'lapsed'],
      [perSecond('redis_evicted_keys_total'), 'evicted'],
    ],
  }),
  chart({
    title: 'Clients',
    description: 'Connections to Redis, and how many of them wait in a blocking command.',
    unit: 'none',
    queries: [
      ['redis_connected_clients', 'connected'],
      ['redis_blocked_clients', 'blocked'],
    ],
  }),
  chart({
    title: 'Append-only file',
    description: 'Its size on the disk; it is rewritten when it has doubled.',
    unit: 'bytes',
    queries: [
      ['redis_aof_current_size_bytes', 'now'],
      ['redis_aof_base_size_bytes', 'after the last rewrite'],
    ],
  }),
];

/** Redis, the only source of truth. */
export const REDIS: Spec = {
  uid: 'c2c-redis',
  title: 'C2C: Redis',
  description: 'Redis, seen by itself (redis_exporter) and by the nodes.',
  rows: [
    { title: 'Now', panels: NOW },
    { title: 'Seen by the nodes', panels: NODES },
    { title: 'Seen by itself', panels: SERVER },
  ],
};
