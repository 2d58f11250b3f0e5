/** `Idempotency-Key`: a repeated request gets the first one's answer instead of being done again. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ChatError, invalidField } from '../../service/chat-error.ts';
import type { IdempotencyStore } from '../../service/edge-ports.ts';
import type { Failures, Identity } from '../../service/ports.ts';

const KEY = /^[\x21-\x7e]{1,128}$/;
const POLL_MS = 50;
const PATIENCE_MS = 2_500;

type Work<T> = { request: FastifyRequest; caller: Identity | null; run(): Promise<T> };

/**
 * Runs the work once per key, caller (or address) and body within ten minutes; all others get its answer. A request
 * that meets its twin at work waits for it. Another body under the same key is VALIDATION_FAILED. Work that failed
 * gives its key back.
 */
export type Once = <T>(work: Work<T>, isAnswer: (answer: unknown) => answer is T) => Promise<T>;

/** Idempotency over a store that all nodes share. */
export function createOnce(store: IdempotencyStore, failures: Failures): Once {
  return async (work, isAnswer) => {
    const ids = identify(work);
    if (ids === null) return work.run();
    const earlier = await claim(store, ids);
    if (earlier !== null) {
      const answer: unknown = JSON.parse(earlier);
      if (!isAnswer(answer)) throw new Error('a stored answer has an unknown shape');
      return answer;
    }
    const answer = await runOrAbandon(work, () =>
      store.abandon(ids.key).catch((e) => failures.report('idempotency', e)),
    );
    // The work is done and must be answered, whether or not its answer could be kept.
    await store
      .finish(ids.key, ids.fingerprint, JSON.stringify(answer))
      .catch((error: unknown) => failures.report('idempotency', error));
    return answer;
  };
}

/** Whether a stored answer still has the shape of a schema. */
export function answerCheck<T>(schema: TSchema): (answer: unknown) => answer is T {
  return (answer): answer is T => Value.Check(schema, answer);
}

type Ids = { key: string; fingerprint: string };

function identify({ request, caller }: Work<unknown>): Ids | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw invalidField('Idempotency-Key', 'keyForm');
  }
  const who = caller === null ? `address ${request.ip}` : `user ${caller.userId}`;
  return {
    key: digest([who, key]),
    fingerprint: digest([request.method, request.routeOptions.url, JSON.stringify(request.body ?? null)]),
  };
}

function digest(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The answer of an earlier request, or null once the key is ours. */
async function claim(store: IdempotencyStore, { key, fingerprint }: Ids): Promise<string | null> {
  const lastMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const state = await store.begin(key, fingerprint);
    if (state.status === 'fresh') return null;
    if (state.status === 'done') return state.answer;
    if (state.status === 'mismatch') throw invalidField('Idempotency-Key', 'keyReused');
    if (performance.now() >= lastMs) throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
    await delay(POLL_MS);
  }
}

async function runOrAbandon<T>(work: Work<T>, abandon: () => Promise<void>): Promise<T> {
  try {
    return await work.run();
  } catch (error) {
    await abandon();
    throw error;
  }
}
