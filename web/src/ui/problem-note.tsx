/** What the server answered, its hint, and the code in small print. */
import type { App } from '../model/app.ts';
import { type Problem, problemText, textOfFailure } from '../model/problem.ts';

/** See the file's sentence. Either a problem with its language, or an error that came at another time. */
export function ProblemNote({ app, problem, error }: { app: App; problem?: Problem; error?: Problem['error'] }) {
  const { texts, language } = app.preferences;
  const reader = { language: language.value, texts: texts.value };
  const shown = problem ? problemText(problem, reader) : error && textOfFailure(error, reader);
  if (!shown) return null;
  return (
    <p class="problem" role="alert">
      <strong>{shown.message}</strong>
      {shown.hint && <span>{shown.hint}</span>}
      <small>{shown.code}</small>
    </p>
  );
}
