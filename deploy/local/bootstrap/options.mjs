/** What `npm start` may be told. In plain JavaScript, so that `--help` and mistakes answer before anything is installed. */
import { parseArgs } from 'node:util';

/** A command line that cannot be meant as it stands. */
export class UsageError extends Error {
  /** @override */
  name = 'UsageError';
}

/** The text of `npm start -- --help`. */
export const START_HELP = `Starts the whole of C2C on this machine: Redis, PostgreSQL, the nodes and nginx in front of them.

  npm start                      3 nodes on http://localhost:8080
  npm start -- [options]

  --nodes <n>        how many nodes, 1 to 32                           (3)
  --port <port>      where nginx listens                               (8080)
  --host <address>   on which address; 0.0.0.0 lets other machines in  (this machine only)
  --observe          also Prometheus with the alarms, exporters, and Grafana if there is one; this machine only
  --help             this text

  Environment: REDIS_URL and DATABASE_URL use servers you run yourself, TLS_CERT and TLS_KEY turn HTTPS on (TLS_PORT,
  8443), TRUSTED_LOAD_ADDRESSES are not rate limited, and every setting of a node is passed on.
  Everything it makes is kept in .c2c/ (C2C_HOME names another folder). Ctrl-C stops what it started.`;

/**
 * @typedef {{ nodes: number, port: number, host: string | undefined, observe: boolean }} StartOptions
 */

/**
 * Reads the arguments of `npm start`. Throws a UsageError that names the mistake.
 * @param {string[]} args
 * @returns {StartOptions | 'help'}
 */
export function parseStart(args) {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    nodes: wholeNumber('--nodes', values.nodes ?? '3', [1, 32]),
    port: wholeNumber('--port', values.port ?? '8080', [1, 65_535]),
    host: values.host,
    observe: values.observe === true,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    const text = /** @type {const} */ ({ type: 'string' });
    const flag = /** @type {const} */ ({ type: 'boolean', short: 'h' });
    const yes = /** @type {const} */ ({ type: 'boolean' });
    return parseArgs({ args, options: { nodes: text, port: text, host: text, observe: yes, help: flag } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {[number, number]} range
 */
function wholeNumber(name, text, [least, most]) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new UsageError(`${name} is a whole number from ${least} to ${most}, not '${text}'`);
  }
  return number;
}
