/** Every setting of a node: its schema with default, range and meaning. `docs/CONFIGURATION.md` is made from this file. */
import { Type } from 'typebox';
import { ADMISSION_SETTINGS, LIMIT_SETTINGS } from './config-limits.ts';
import { count, millis, oneOf, onOff, seconds, text } from './config-schemas.ts';

/** Signed with a private key only the issuer has; never a shared secret, never `none`. */
const ALGORITHM = '([RPE]S(256|384|512)|EdDSA|Ed25519)';
const MONTH = 86_400 * 30;
/** Set by the launcher for each of its nodes. */
const byLauncher = { byLauncher: true };

const NODE_SETTINGS = {
  NODE_ID: text('n1', 'Unique name of the node. Connection ids begin with it, and nginx routes polling by it.', {
    ...byLauncher,
    pattern: '^[a-z][a-z0-9]{0,15}$',
    form: '`[a-z][a-z0-9]{0,15}`',
  }),
  HOST: text('127.0.0.1', 'Address to listen on.', { ...byLauncher, minLength: 1, form: 'address' }),
  PORT: count({ default: 3000, minimum: 0, maximum: 65_535 }, 'Port to listen on; 0 takes a free one.', byLauncher),
  REDIS_URL: text(undefined, '`rediss://` is TLS. Redis ≥ 7 with `maxmemory-policy noeviction` and AOF.', {
    ...byLauncher,
    pattern: '^rediss?://.+',
    form: 'URL `redis://` or `rediss://`',
  }),
  DATABASE_URL: text('', 'PostgreSQL with the error texts. Empty: the texts that come with the program.', {
    ...byLauncher,
    pattern: '^(postgres(ql)?://.+)?$',
    form: 'URL `postgres://`',
  }),
  PUBLIC_URL: text(
    '',
    'Where links begin (`https://chat.example`), and whose pages are our own. Empty: as the request says.',
    { pattern: '^(https?://[^\\s]+)?$', form: 'URL `https://` or `http://`' },
  ),
  TRUSTED_PROXIES: text(
    '',
    'Proxies whose `X-Forwarded-*` is believed, for sockets as for REST. A proxy that is missing here is taken for one ' +
      'client, which the limits count whatever its address; the log says so once.',
    { ...byLauncher, form: 'addresses and CIDR ranges, comma separated' },
  ),
  TRUSTED_LOAD_ADDRESSES: text(
    '127.0.0.0/8,::1',
    'Clients that no limit per address counts. Requests with `X-Forwarded-For` from a peer that is not among ' +
      '`TRUSTED_PROXIES` are counted nevertheless.',
    { form: 'addresses and CIDR ranges, comma separated' },
  ),
  CORS_ORIGINS: text(
    '',
    'Other sites whose pages may use this server: REST answers may be read there, and both real-time doors take them. ' +
      'Empty: only pages from our own host (or `PUBLIC_URL`). Programs send no `Origin` and always pass.',
    { form: 'origins, comma separated, or `*`' },
  ),
  WEB_ROOT: text('', 'The built page, for a node without nginx.', { ...byLauncher, form: 'folder' }),
  GUEST_JOIN: onOff('on', '`off`: a plain name is no token on the real-time doors.'),
  FANOUT_FAST_PATH: onOff(
    'on',
    '`off`: room events pass through Engine.IO and `ws` as everything else does, instead of going straight to TCP, and ' +
      'what the libraries keep in reserve is left to them; slower and larger, and the way out should a new version of ' +
      'either not bear it.',
  ),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', 'What is logged at least.'),
};

const TOKEN_SETTINGS = {
  JWT_SECRET: text(undefined, 'Signs tokens (HS256), the same on all nodes. `npm start` makes one in `.c2c/`.', {
    ...byLauncher,
    minLength: 32,
    form: 'at least 32 characters',
    isSecret: true,
  }),
  JWT_SECRETS_PREVIOUS: text('', 'Secrets that signed tokens before: their tokens are still good. See below.', {
    pattern: '^\\s*(\\S{32,}(\\s+|$))*$',
    form: 'secrets of at least 32 characters, separated by spaces',
    isSecret: true,
  }),
  TOKEN_TTL: seconds(86_400, 'Life of a token.'),
  JWKS_URL: text(
    '',
    'Where another issuer shows its public keys (JWKS). Empty: only tokens of this service are taken. ' +
      '[Decision 0007](decisions/0007-tokens-of-another-issuer.md)',
    { pattern: '^(https?://[^\\s]+)?$', form: 'URL `https://` or `http://`' },
  ),
  JWT_ISSUER: text('', '`iss` of its tokens; needed with `JWKS_URL`.'),
  JWT_AUDIENCE: text('', '`aud` of its tokens that are meant for this service; needed with `JWKS_URL`.'),
  JWT_ALGORITHMS: text('RS256,ES256,EdDSA', 'How it may sign; shared secrets are never taken.', {
    pattern: `^${ALGORITHM}(,${ALGORITHM})*$`,
    form: '`RS`, `PS`, `ES` with `256`, `384`, `512`, or `EdDSA`, `Ed25519`; comma separated',
  }),
  JWT_USER_CLAIM: text(
    'sub',
    'Which claim is the user id; it must be a valid name without `#` that the issuer gives to one person.',
  ),
  JWT_SESSIONS: oneOf(
    ['login', 'user'],
    'login',
    '`login`: its `sid` is the session, so a second login of a user waits for the first to lapse; `user`: all logins ' +
      'of a user are one session.',
  ),
  JWT_MAX_TTL: seconds(
    MONTH,
    "At least the longest life of the issuer's tokens. A log-out of its people is remembered as long.",
    { minimum: 1, maximum: 86_400 * 3_650 },
  ),
};

const TIME_SETTINGS = {
  ROOM_IDLE_TTL: seconds(600, 'Life of a room without members.'),
  LOG_TTL: seconds(86_400, "Life of a room's log after its last message."),
  SESSION_TTL: seconds(600, 'Without a sign of life for so long, a user leaves their rooms and the name is free.'),
  PRESENCE_TTL: seconds(30, 'Without a sign of life for so long, a user is offline.'),
  PRESENCE_RENEW_MS: millis(10_000, 'How often a node renews its connections.'),
  CLOSE_GRACE_MS: millis(5_000, 'How long a closed connection still counts: a reload announces nothing.'),
  SWEEP_INTERVAL_MS: millis(1_000, 'How often a node looks for users whose time is up.'),
  PING_INTERVAL_MS: millis(10_000, 'Heartbeats to clients.'),
  PING_TIMEOUT_MS: millis(8_000, 'How late their answer may be.'),
  AUTH_DEADLINE_MS: millis(10_000, 'How long a connection may stay a stranger.'),
  REQUEST_TIMEOUT_MS: millis(20_000, 'How long a client may take to send a request; half of it for the headers.'),
  CANARY_INTERVAL_MS: millis(1_000, 'How often a node proves that Pub/Sub reaches it.'),
  AUDIT_INTERVAL_MS: millis(1_000, 'How often a node compares its rooms with Redis.'),
  REDIS_TIMEOUT_MS: millis(2_000, 'Deadline of a Redis command.'),
  FLUSH_WINDOW_MS: millis(
    10,
    'A busy room is written to sockets at most this often; a quiet one at once. 0: every turn.',
    {
      minimum: 0,
      maximum: 100,
    },
  ),
  DRAIN_WINDOW_MS: millis(18_000, 'Over how long a leaving node sends its clients away, at most.'),
  SHUTDOWN_TIMEOUT_MS: millis(25_000, 'After this long a stop is forced.'),
};

/** What a node reads from its environment. */
export const Environment = Type.Object({
  ...NODE_SETTINGS,
  ...TOKEN_SETTINGS,
  ...TIME_SETTINGS,
  ...LIMIT_SETTINGS,
  ...ADMISSION_SETTINGS,
});

/** Settings that belong together, with what is to be said before and after their table (Markdown). */
export type SettingGroup = { title: string; before?: string; after?: string; names: readonly string[] };

/** In the order in which they are shown. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  { title: 'The node', names: Object.keys(NODE_SETTINGS) },
  {
    title: 'Tokens',
    names: Object.keys(TOKEN_SETTINGS),
    after:
      '**Replacing the secret.** Give every node the new `JWT_SECRET` and put the old one into `JWT_SECRETS_PREVIOUS`; first as a previous secret\n' +
      'everywhere, so that no node meets a token it cannot read: (1) `JWT_SECRETS_PREVIOUS=<new>` on all nodes, (2) `JWT_SECRET=<new>`,\n' +
      '`JWT_SECRETS_PREVIOUS=<old>` on all nodes, (3) after `TOKEN_TTL` take the old one out. A secret that became known goes at once: whoever has a\n' +
      'token of it gets `UNAUTHORIZED` and enters again.',
  },
  {
    title: 'Times',
    before: 'In **seconds** (`…_TTL`) or **milliseconds** (`…_MS`); tests scale them, most installations leave them.',
    names: Object.keys(TIME_SETTINGS),
  },
  {
    title: 'Limits',
    before:
      '`…_RATE` is how many a second may go on for ever, `…_BURST` how many may come at once. What goes beyond is answered `RATE_LIMITED` with `retryAfterMs`\n' +
      '(on REST and handshakes: 429 with `Retry-After`) and counted in `c2c_rate_limited_total{limit}`. An address is an IPv4 address or an IPv6 /64;\n' +
      '`TRUSTED_LOAD_ADDRESSES` are counted by no limit per address. The defaults let an office of hundreds behind one address through.',
    names: Object.keys(LIMIT_SETTINGS),
    after:
      'Not configurable: a frame or body of 64 KiB; headers of 16 KiB; a connection that sends more than twice the frames its limits allow, pings of the protocol\n' +
      'included, is cut (close code 4429); five tokens tried on one Socket.IO connection.',
  },
  {
    title: 'What a node can bear',
    before: 'Beyond, newcomers are answered 503 `OVERLOADED` with `Retry-After`, which nginx takes to another node.',
    names: Object.keys(ADMISSION_SETTINGS),
  },
];
