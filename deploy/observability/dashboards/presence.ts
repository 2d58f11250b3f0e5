/** Who is there: connections, joins, sweeps, and who was not let in. */
import type { Spec } from './dashboard.ts';
import { chart } from './panels.ts';
import { orZero, perSecond, quantile, sum } from './promql.ts';

const PEOPLE = [
  chart({
    title: 'Users online by node',
    description: 'Users with a connection on the node; one with connections on two counts on both.',
    unit: 'none',
    queries: [[sum('c2c_presence_online', 'node'), '{{node}}']],
    isStacked: true,
  }),
  chart({
    title: 'Connections by transport',
    description: 'Open connections of all nodes.',
    unit: 'none',
    queries: [[sum('c2c_connections', 'transport'), '{{transport}}']],
    isStacked: true,
  }),
  chart({
    title: 'Socket.IO sockets',
    description: 'Connected now.',
    unit: 'none',
    queries: [[sum('socket_io_connected', 'node'), '{{node}}']],
    isStacked: true,
  }),
  chart({
    title: 'Coming and going on Socket.IO',
    description: 'Sockets each second.',
    unit: 'cps',
    queries: [
      [perSecond('socket_io_connect_total'), 'connected'],
      [perSecond('socket_io_disconnect_total'), 'gone'],
    ],
    alarm: 'C2CReconnectStorm',
  }),
  chart({
    title: 'Joins by outcome',
    description: 'Each second; codes are refusals.',
    unit: 'ops',
    queries: [[perSecond('c2c_joins_total', 'outcome'), '{{outcome}}']],
  }),
  chart({
    title: 'How long a join takes',
    description: 'Until the client is in the feed of the room.',
    unit: 's',
    queries: [
      [quantile(0.5, 'c2c_join_seconds'), '50 of 100'],
      [quantile(0.99, 'c2c_join_seconds'), '99 of 100'],
    ],
  }),
];

const SWEEPS = [
  chart({
    title: 'Users looked at by sweeps',
    description: 'Whose keys may have lapsed; each second.',
    unit: 'ops',
    queries: [[perSecond('c2c_swept_users_total', 'node'), '{{node}}']],
  }),
  chart({
    title: 'Changes that sweeps carried into rooms',
    description: 'Users who went offline or left without saying so; each second.',
    unit: 'ops',
    queries: [[perSecond('c2c_presence_effects_total', 'node'), '{{node}}']],
  }),
  chart({
    title: 'Presence frozen',
    description: '1 while the node lets nobody lapse, as Redis may have been away.',
    unit: 'none',
    queries: [['c2c_presence_frozen', '{{node}}']],
    max: 1,
    limit: 1,
    alarm: 'C2CPresenceFrozen',
  }),
];

const REFUSED = [
  chart({
    title: 'Handshakes refused',
    description: 'By code: overloaded, draining, too many from one address, not allowed.',
    unit: 'ops',
    queries: [[perSecond('c2c_handshakes_refused_total', 'code'), '{{code}}']],
  }),
  chart({
    title: 'Refusals by limit',
    description: 'What is counted and of whom, each second.',
    unit: 'ops',
    queries: [[orZero(perSecond('c2c_rate_limited_total', 'limit'), 'limit'), '{{limit}}']],
  }),
  chart({
    title: 'Connections cut for a lost heartbeat',
    description: 'Clients that went without closing: their presence lapses some seconds later.',
    unit: 'cps',
    queries: [[perSecond('c2c_connections_cut_total', 'door', '{reason="HEARTBEAT_LOST"}'), '{{door}}']],
  }),
];

/** Who is there and who was not let in. */
export const PRESENCE: Spec = {
  uid: 'c2c-presence',
  title: 'C2C: presence',
  description: 'Who is there: connections, joins, sweeps, and who was not let in.',
  rows: [
    { title: 'People', panels: PEOPLE },
    { title: 'Sweeps', panels: SWEEPS },
    { title: 'Not let in', panels: REFUSED },
  ],
};
