/** The one door to Redis for reading and writing: deadlines, a circuit breaker, and errors turned into what callers expect. */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { Redis } from 'ioredis';
import { ChatError } from '../service/chat-error.ts';
import { createDeadline } from './deadline.ts';
import type { Script } from './script.ts';

/** Redis could not be asked or did not answer. `wasSent`: the command may have run all the same. */
export class RedisUnavailable extends ChatError {
  readonly wasSent: boolean;

  constructor(wasSent: boolean, cause: unknown) {
    super('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
    this.wasSent = wasSent;
    this.cause = cause;
  }
}

/** One plain command of a pipeline: its name and arguments. */
export type PlainCommand = readonly [name: string, ...args: (string | number)[]];

/** What is measured of each command. */
export type CommandObserver = (command: string, seconds: number, outcome: 'ok' | 'error') => void;

/**
 * Redis as the stores see it. Every call settles by the connection's deadline (`commandTimeout`), waiting and a second
 * attempt included; rejects with `RedisUnavailable`.
 */
export interface RedisCommands {
  /** Runs a script by its hash; sends the text once where the server does not know it (restart, SCRIPT FLUSH). */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Runs independent commands in one round trip, results in order. */
  pipeline(commands: readonly PlainCommand[]): Promise<unknown[]>;
  /** Whether calls are let through. */
  breakerState(): 'closed' | 'open';
}

const FAILURES_TO_OPEN = 5;
const HALF_OPEN_AFTER_MS = 500;
/** For a connection that was made without a deadline. */
const DEFAULT_TIMEOUT_MS = 2_000;

/** Wraps a connection of the role `commands` or `send`. */
export function createRedisCommands(redis: Redis, observe: CommandObserver): RedisCommands {
  const breaker = circuitBreaker(handleWhen(isSilence), {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  const send = sendByTurns(redis);
  // A call may need two commands, one after the other; ioredis counts the time of each.
  const inTime = createDeadline(redis.options.commandTimeout ?? DEFAULT_TIMEOUT_MS);

  async function guarded<T>(name: string, call: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      // One call tries the way again; others would wait for it and then begin their own wait.
      if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
      const result = await breaker.execute(() => inTime(call()).catch(rethrow));
      observe(name, (performance.now() - start) / 1000, 'ok');
      return result;
    } catch (error) {
      observe(name, (performance.now() - start) / 1000, 'error');
      throw error instanceof BrokenCircuitError ? new RedisUnavailable(false, error) : error;
    }
  }

  return {
    run: (script, keys, args) =>
      guarded(script.name, () =>
        send('evalsha', script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
          if (!startsWith(error, 'NOSCRIPT')) throw error;
          return send('eval', script.source, keys.length, ...keys, ...args);
        }),
      ),
    pipeline: (commands) =>
      guarded('pipeline', async () => {
        const replies =
          (await redis.pipeline(commands.map(([name, ...args]) => [name.toLowerCase(), ...args])).exec()) ?? [];
        return replies.map(([error, value]) => {
          if (error) throw error;
          return value;
        });
      }),
    breakerState: () => (breaker.state === CircuitState.Closed ? 'closed' : 'open'),
  };
}

/**
 * Calls of one turn travel as one write. Not `enableAutoPipelining`: it sends nothing before everything ahead is answered,
 * so that each call waits for up to two round trips, and its time is counted from the second. Nor a pipeline: in many quiet
 * rooms a turn has one call, and a pipeline for it costs more than the call.
 */
function sendByTurns(redis: Redis): (...command: PlainCommand) => Promise<unknown> {
  let held: Redis['stream'] | undefined;

  function endTurn(): void {
    held?.uncork();
    held = undefined;
  }

  return (name, ...args) => {
    if (held === undefined && redis.status === 'ready') {
      held = redis.stream;
      held.cork();
      setImmediate(endTurn);
    }
    return redis.call(name, ...args);
  };
}

/** A refusal is an answer: out of memory, reads still work, and only a way that is silent is worth closing. */
function isSilence(error: unknown): boolean {
  return error instanceof RedisUnavailable && !isReply(error.cause);
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function startsWith(error: unknown, prefix: string): boolean {
  return error instanceof Error && error.message.startsWith(prefix);
}

/** Refusals by which the server says that it changed nothing. */
const REFUSALS = [
  'OOM',
  'MISCONF',
  'READONLY',
  'NOREPLICAS',
  'LOADING',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'UNKILLABLE',
];
const NOT_SENT = ["Stream isn't writeable", 'Connection is closed before'];

/** A reply that is an error but no refusal is a defect of ours (a bad script) and stays as it is. */
function rethrow(error: unknown): never {
  // A call that could not even be made is a defect of ours.
  if (!(error instanceof Error) || error instanceof TypeError) throw error;
  const text = error.message.replace(/^ERR (?=OOM|Error)/, '');
  if (REFUSALS.some((refusal) => text.startsWith(refusal))) throw new RedisUnavailable(false, error);
  if (NOT_SENT.some((reason) => text.startsWith(reason))) throw new RedisUnavailable(false, error);
  if (isReply(error)) throw error;
  throw new RedisUnavailable(true, error);
}
