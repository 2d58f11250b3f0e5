/** Settings that bound what one client may do and what a node takes on. */
import { count, millis, rate } from './config-schemas.ts';

const atMost = (fallback: number, description: string) => count({ default: fallback, minimum: 1 }, description);

/** Limits of a user, a connection or an address. */
export const LIMIT_SETTINGS = {
  MESSAGE_RATE: rate(
    100,
    'Of a user in a room: messages; one connection may send twice that over all its rooms. Kept in the script that ' +
      "stores them; the connection's share in the node.",
  ),
  MESSAGE_BURST: atMost(500, 'Of those, how many at once.'),
  REQUEST_RATE: rate(100, 'Of a connection: all requests but `msg`. Kept in the node.'),
  REQUEST_BURST: atMost(400, 'Of those, how many at once.'),
  JOIN_RATE: rate(50, 'Of a user: joins, over all connections. Kept in the node.'),
  JOIN_BURST: atMost(500, 'Of those, how many at once.'),
  CONNECTIONS_PER_USER: atMost(100, 'Of a user: connections open at once. Kept in the node.'),
  ROOMS_PER_USER: atMost(100, 'Of a user: rooms made a day. Kept in Redis; in the node while Redis is away.'),
  ROOMS_PER_MINUTE: atMost(10, 'Of an address: rooms made. Kept in Redis; in the node while Redis is away.'),
  NAMES_PER_MINUTE: atMost(
    600,
    'Of an address: names claimed, by REST or by guests who join. Kept in Redis; in the node while Redis is away.',
  ),
  HTTP_RATE: rate(100, 'Of an address: REST requests. Kept in the node; nginx counts by the same number.'),
  HTTP_BURST: atMost(500, 'Of those, how many at once.'),
  HANDSHAKE_RATE: rate(
    100,
    'Of an address: new connections on both real-time doors. Kept in the node; nginx counts by the same number.',
  ),
  HANDSHAKE_BURST: atMost(1_000, 'Of those, how many at once.'),
  CONNECTIONS_PER_ADDRESS: atMost(
    5_000,
    'Of an address: connections open at once. Kept in the node; nginx counts by the same number.',
  ),
};

/** What a node can bear as a whole. */
export const ADMISSION_SETTINGS = {
  MAX_CONNECTIONS: atMost(20_000, 'Connections open at once.'),
  ADMIT_RATE: rate(1_000, 'Handshakes.'),
  ADMIT_BURST: atMost(2_000, 'Of those, how many at once.'),
  OVERLOAD_DELAY_MS: millis(
    500,
    'How late the event loop may run, on average over a second; REST is refused at twice that.',
  ),
};
