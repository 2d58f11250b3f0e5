/** The server could not be reached, or refused for now: why, when it is asked again, and a way to ask at once. */
import type { App } from '../model/app.ts';
import type { Attempt } from '../model/entrance.ts';
import { isAnswer } from '../model/problem.ts';
import { ProblemNote } from './problem-note.tsx';
import { useNow } from './use-now.ts';

type Wait = NonNullable<Extract<Attempt, { status: 'busy' }>['wait']>;

/** See the file's sentence. */
export function WaitNote({ app, wait }: { app: App; wait: Wait }) {
  const texts = app.preferences.texts.value;
  const seconds = Math.max(0, Math.ceil((wait.retryAtMs - useNow(true)) / 1000));
  const isRefused = isAnswer(wait.error);
  return (
    <>
      {isRefused && <ProblemNote app={app} error={wait.error} />}
      <div class="problem waiting">
        {/* The countdown is for eyes; a screen reader hears once that there is a wait. */}
        <span aria-hidden="true">{isRefused ? texts.retryIn(seconds) : texts.waitingRetry(seconds)}</span>
        {!isRefused && (
          <span class="visually-hidden" role="alert">
            {texts.noAnswer}
          </span>
        )}
        <button type="button" class="button small" onClick={wait.now}>
          {texts.retryNow}
        </button>
      </div>
    </>
  );
}
