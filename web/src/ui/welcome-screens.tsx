/** The screens outside a room: making one, entering one, and what to do where there is none. */
import type { ComponentChildren } from 'preact';
import type { App, Screen } from '../model/app.ts';
import { problemText } from '../model/problem.ts';
import { NameForm } from './name-form.tsx';
import { PreferencesBar } from './preferences-bar.tsx';

function Welcome({ app, children }: { app: App; children: ComponentChildren }) {
  return (
    <div class="welcome">
      <main class="card">{children}</main>
      <footer>
        <PreferencesBar app={app} />
      </footer>
    </div>
  );
}

function Brand({ app }: { app: App }) {
  return (
    <p class="brand">
      <img src="/favicon.svg" alt="" width="40" height="40" />
      {app.preferences.texts.value.appName}
    </p>
  );
}

/** `/`: what this is, one field, one button. */
export function HomeScreen({ app }: { app: App }) {
  const texts = app.preferences.texts.value;
  return (
    <Welcome app={app}>
      <Brand app={app} />
      <h1 class="tagline">{texts.tagline}</h1>
      <NameForm
        app={app}
        action={texts.createRoom}
        busyAction={texts.creatingRoom}
        submit={(name) => void app.createRoom(name)}
      />
    </Welcome>
  );
}

/** A room's link was opened: asks for a name. */
export function EnterScreen({ app, screen }: { app: App; screen: Extract<Screen, { kind: 'enter' }> }) {
  const texts = app.preferences.texts.value;
  return (
    <Welcome app={app}>
      <Brand app={app} />
      <h1>{texts.enterTitle}</h1>
      <p class="lead">{screen.reason === 'expired' ? texts.sessionEnded : texts.enterLead}</p>
      <NameForm app={app} action={texts.enterRoom} busyAction={texts.connecting} submit={(name) => app.enter(name)} />
    </Welcome>
  );
}

/** There is no room to show: why, and the way on. */
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
  const shown = screen.problem && problemText(screen.problem, { language: language.value, texts: t });
  const canReturn = screen.why === 'left' || screen.why === 'problem';
  return (
    <Welcome app={app}>
      <Brand app={app} />
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
    </Welcome>
  );
}
