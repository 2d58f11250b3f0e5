/** Answers of requests with an `Idempotency-Key`, kept in Redis for all nodes: one string per key, always with a TTL. */
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { IdempotencyState, IdempotencyStore } from '../service/edge-ports.ts';
import type { RedisCommands } from './redis-commands.ts';

const Entry = Type.Object({ fingerprint: Type.String(), answer: Type.Union([Type.String(), Type.Null()]) });
const entry = Compile(Entry);

/** How long a request may hold its key, and how long its answer is kept. */
export type IdempotencyTimes = { claimMs: number; answerMs: number };
const TIMES: IdempotencyTimes = { claimMs: 30_000, answerMs: 600_000 };

/** A store on the connection for commands. Needs Redis ≥ 7 (`SET … NX GET`). */
export function createRedisIdempotencyStore(
  commands: RedisCommands,
  times: IdempotencyTimes = TIMES,
): IdempotencyStore {
  return {
    begin: async (key, fingerprint) => {
      const claim = encode({ fingerprint, answer: null });
      const [held] = await commands.pipeline([['set', keyOf(key), claim, 'PX', times.claimMs, 'NX', 'GET']]);
      return held === null ? { status: 'fresh' } : judge(held, fingerprint);
    },
    finish: async (key, fingerprint, answer) => {
      await commands.pipeline([['set', keyOf(key), encode({ fingerprint, answer }), 'PX', times.answerMs]]);
    },
    abandon: async (key) => {
      await commands.pipeline([['del', keyOf(key)]]);
    },
  };
}

function keyOf(key: string): string {
  return `idempotency:${key}`;
}

function encode(value: Static<typeof Entry>): string {
  return JSON.stringify(value);
}

function judge(held: unknown, fingerprint: string): IdempotencyState {
  const value: unknown = JSON.parse(String(held));
  if (!entry.Check(value)) throw new Error('an idempotency entry has an unknown shape');
  if (value.fingerprint !== fingerprint) return { status: 'mismatch' };
  return value.answer === null ? { status: 'running' } : { status: 'done', answer: value.answer };
}
