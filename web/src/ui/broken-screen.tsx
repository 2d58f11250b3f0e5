/** There is no room to show: why, and the way on. */
import type { App } from '../model/app.ts';
import { textOfFailure } from '../model/problem.ts';
import type { Screen } from '../model/screen.ts';
import { Art } from './art.tsx';
import { PreferencesBar } from './preferences-bar.tsx';

/** See the file's sentence. */
export function BrokenScreen({ app, screen }: { app: App; screen: Extract<Screen, { kind: 'broken' }> }) {
  const { texts, language } = app.preferences;
  const t = texts.value;
  const words = {
    'not-found': [t.notFoundTitle, t.notFoundLead],
    left: [t.leftTitle, t.leftLead],
    removed: [t.removedTitle, t.removedLead],
    gone: [t.goneTitle, t.goneLead],
    problem: [t.problemTitle, t.noAnswer],
  } as const;
  const [title, lead] = words[screen.why];
  const shown = screen.error && textOfFailure(screen.error, { language: language.value, texts: t });
  const canReturn = screen.why === 'left' || screen.why === 'problem';
  return (
    <div class="welcome">
      <main class="card">
        <Art isQuiet />
        <h1>{title}</h1>
        <p class="lead">{shown ? `${shown.message} ${shown.hint ?? ''}` : lead}</p>
        {shown && <small class="code">{shown.code}</small>}
        <div class="choices">
          {canReturn && (
            <button type="button" class="button primary" onClick={() => app.enterAgain()}>
              {t.enterAgain}
            </button>
          )}
          <button type="button" class={canReturn ? 'button' : 'button primary'} onClick={() => app.go('/')}>
            {t.newRoom}
          </button>
        </div>
      </main>
      <footer>
        <PreferencesBar app={app} />
      </footer>
    </div>
  );
}
