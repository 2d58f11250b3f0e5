/** Everybody who is measured: what they are, and how their processes are started. Nothing is tuned, for nobody. */
import { join } from 'node:path';
import { bunProgram, FETCHED } from './machine/fetched.ts';

/** Peers by name. `c2c-ws` is C2C through its other door. */
export const PEER_NAMES = ['stock', 'sharded', 'streams', 'bun', 'bare', 'c2c', 'c2c-ws'] as const;
/** One of them. */
export type PeerName = (typeof PEER_NAMES)[number];

/** Where a process of a peer listens, which of them it is, and what it may need. */
export type Place = { index: number; port: number; redisUrl: string };
/** A program, its arguments, and what it has in its environment besides PATH and HOME. */
export type Command = { program: string; args: readonly string[]; env: Readonly<Record<string, string>> };

/** One kind of server. Where `isSingleProcess`, there cannot be more than one. */
export type Peer = {
  title: string;
  server: 'c2c' | 'peer';
  dialect: 'socketio' | 'websocket';
  isSingleProcess?: boolean;
  /** Options of its program that preload the memory probe. */
  probeArgs: readonly string[];
  command(place: Place): Command;
};

const HERE = import.meta.dirname;
const PROBE = join(HERE, 'peers/memory-probe.mjs');
const NODE_PROBE = ['--expose-gc', '--import', PROBE];
const C2C_MAIN = join(HERE, '../dist/main.js');
/** Only for the run; configuration wants one. */
const JWT_SECRET = 'only-for-benches-0123456789-0123456789-abcdef';

function stock(adapter: 'classic' | 'sharded' | 'streams'): Pick<Peer, 'server' | 'dialect' | 'probeArgs' | 'command'> {
  return {
    server: 'peer',
    dialect: 'socketio',
    probeArgs: NODE_PROBE,
    command: ({ port, redisUrl }) => ({
      program: process.execPath,
      args: [join(HERE, 'peers/stock.mjs'), adapter, String(port), redisUrl],
      // `ws` takes bufferutil from there, as Socket.IO's page on performance advises.
      env: { NODE_PATH: join(FETCHED, 'node_modules'), NODE_ENV: 'production' },
    }),
  };
}

/** The built node with its default configuration: everything is on. */
function c2cCommand({ index, port, redisUrl }: Place): Command {
  const env = { NODE_ID: `n${index + 1}`, PORT: String(port), REDIS_URL: redisUrl, JWT_SECRET, NODE_ENV: 'production' };
  return { program: process.execPath, args: [C2C_MAIN], env };
}

const C2C = { server: 'c2c', probeArgs: NODE_PROBE, command: c2cCommand } as const;

/** All of them by name. */
export const PEERS: Readonly<Record<PeerName, Peer>> = {
  stock: { title: 'Socket.IO, redis-adapter', ...stock('classic') },
  sharded: { title: 'Socket.IO, redis-adapter sharded', ...stock('sharded') },
  streams: { title: 'Socket.IO, redis-streams-adapter', ...stock('streams') },
  bun: {
    title: 'Bun publish + Redis (no order, no log)',
    server: 'peer',
    dialect: 'websocket',
    probeArgs: ['--preload', PROBE],
    command: ({ port, redisUrl }) => ({
      program: bunProgram() ?? 'bun',
      args: [join(HERE, 'peers/bun.mjs'), String(port), redisUrl],
      env: { NODE_ENV: 'production' },
    }),
  },
  bare: {
    title: 'bare socket writer (1 process, no Redis)',
    server: 'peer',
    dialect: 'websocket',
    isSingleProcess: true,
    probeArgs: NODE_PROBE,
    command: ({ port }) => ({
      program: process.execPath,
      args: [join(HERE, 'peers/bare.mjs'), String(port)],
      env: { NODE_ENV: 'production' },
    }),
  },
  c2c: { title: 'C2C, Socket.IO door', dialect: 'socketio', ...C2C },
  'c2c-ws': { title: 'C2C, WebSocket door', dialect: 'websocket', ...C2C },
};
