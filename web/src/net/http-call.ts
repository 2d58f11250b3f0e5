/** One REST call with a deadline: repeated with full jitter where that is safe, the server's errors as ours. */
import { type Backoff, fullJitterMs } from './backoff.ts';
import { decodeFailure, isFields } from './decode.ts';
import { ClientError, type Failure, failure } from './failure.ts';
import type { Clock, Fetch } from './platform.ts';

/** A call that waits before it is made again: when, why, and how to make it at once. */
export type CallWait = { retryAtMs: number; error: Failure; now(): void };

/** What a call needs from its surroundings. */
export type CallDeps = { fetch: Fetch; clock: Clock; random: () => number; backoff: Backoff };

/** `retrying` is told of each wait, and `null` when it is over. */
export type HttpCall = {
  url: string;
  init: Parameters<Fetch>[1];
  deadlineAtMs: number;
  retrying?: ((wait: CallWait | null) => void) | undefined;
};

/** `data` of the answer. Rejects with a `ClientError` by the deadline. */
export async function callUntilDeadline(deps: CallDeps, call: HttpCall): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const leftMs = call.deadlineAtMs - deps.clock.now();
    const answer = await withDeadline(deps, callOnce(deps.fetch, call), leftMs);
    if (!('error' in answer)) return answer.data;
    const waitMs = (answer.error.retryAfterMs ?? 0) + fullJitterMs(deps.backoff, attempt, deps.random());
    const isLate = deps.clock.now() + waitMs >= call.deadlineAtMs;
    if (!answer.error.retryable || isLate) throw new ClientError(answer.error);
    await rest(deps, call, { waitMs, error: answer.error });
  }
}

async function rest(deps: CallDeps, { retrying }: HttpCall, { waitMs, error }: { waitMs: number; error: Failure }) {
  await new Promise<void>((resolve) => {
    const cancel = deps.clock.after(waitMs, resolve);
    const now = () => {
      cancel();
      resolve();
    };
    retrying?.({ retryAtMs: deps.clock.now() + waitMs, error, now });
  });
  retrying?.(null);
}

type CallResult = { data: unknown } | { error: Failure };

async function callOnce(fetch: Fetch, { url, init }: HttpCall): Promise<CallResult> {
  try {
    const response = await fetch(url, init);
    const envelope = await response.json();
    if (isFields(envelope) && envelope.success === true) return { data: envelope.data };
    return { error: readError(response.status, envelope) };
  } catch {
    return { error: failure('CONNECTION_LOST') };
  }
}

function readError(status: number, envelope: unknown): Failure {
  const error = decodeFailure(isFields(envelope) ? envelope.error : null);
  const details = error.details;
  const retryAfterMs = error.retryAfterMs ?? details?.retryAfterMs;
  const retryable = details?.retryable ?? (status >= 500 || status === 429);
  return { ...error, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function withDeadline(deps: CallDeps, answer: Promise<CallResult>, leftMs: number): Promise<CallResult> {
  return new Promise((resolve) => {
    const cancel = deps.clock.after(leftMs, () => resolve({ error: { ...failure('TIMEOUT'), retryable: false } }));
    void answer.then((result) => {
      cancel();
      resolve(result);
    });
  });
}
