/** The node's log: one JSON object a line, with trace ids, and never a token, a cookie or what people wrote. */
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type { Logger } from 'pino';

const SECRETS = ['token', 'authorization', 'cookie', 'set-cookie', 'text', 'invite', 'password', 'secret'];
const PLACES = ['', '*.', '*.*.', '*.*.*.'];
const DEEPEST_CAUSE = 4;

/** Where the lines go: standard output unless a destination is given. */
export type LoggerDeps = { level: string; nodeId: string; destination?: DestinationStream };

/** A logger whose lines carry `level` by name, `time` in ISO 8601, `node`, and `traceId` where there is one. */
export function createLogger({ level, nodeId, destination }: LoggerDeps): Logger {
  const options: LoggerOptions = {
    level,
    base: { node: nodeId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((key) => PLACES.map((place) => redactPath(place, key))), censor: '[redacted]' },
    serializers: { req: describeRequest, res: describeResponse, err: describeError, error: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function redactPath(place: string, key: string): string {
  return /^\w+$/.test(key) ? `${place}${key}` : `${place.replace(/\.$/, '')}["${key}"]`;
}

type RequestLike = { method?: string; url?: string; ip?: string };

function describeRequest(request: RequestLike) {
  return { method: request.method, path: request.url?.split('?', 1)[0], address: request.ip };
}

function describeResponse(response: { statusCode?: number }) {
  return { status: response.statusCode };
}

/**
 * Type, message, code and stack of an error and its causes. Other properties are left out on purpose: drivers hang whole
 * commands on their errors, and with them tokens and texts.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('traceId' in error ? { traceId: error.traceId } : {}),
    stack: error.stack,
    ...(error.cause === undefined || depth === DEEPEST_CAUSE ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}
