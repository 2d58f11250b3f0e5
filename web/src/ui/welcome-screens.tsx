/** The screens for whoever has no name yet: making the first room, and entering one by its link. */
import type { ComponentChildren } from 'preact';
import type { App } from '../model/app.ts';
import type { Screen } from '../model/screen.ts';
import { Art } from './art.tsx';
import { NameForm } from './name-form.tsx';
import { NoticeBar } from './notice-bar.tsx';
import { PreferencesBar } from './preferences-bar.tsx';
import { ProblemNote } from './problem-note.tsx';
import { RoomForm } from './room-form.tsx';

/** `/`: what this is, one field, one button. */
export function WelcomeScreen({ app, screen }: { app: App; screen: Extract<Screen, { kind: 'welcome' }> }) {
  const texts = app.preferences.texts.value;
  const lead = { never: null, expired: texts.sessionEnded, left: texts.loggedOut }[screen.ended];
  return (
    <Welcome app={app}>
      <Brand app={app} />
      <h1 class="tagline">{texts.tagline}</h1>
      {lead && <p class="lead">{lead}</p>}
      <RoomForm app={app} />
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
      <p class="lead">{screen.ended === 'expired' ? texts.sessionEnded : texts.enterLead}</p>
      <NameForm app={app} />
      {screen.error && <ProblemNote app={app} error={screen.error} />}
    </Welcome>
  );
}

function Welcome({ app, children }: { app: App; children: ComponentChildren }) {
  return (
    <div class="welcome">
      <main class="card">{children}</main>
      <footer>
        <PreferencesBar app={app} />
      </footer>
      <NoticeBar app={app} />
    </div>
  );
}

function Brand({ app }: { app: App }) {
  return (
    <p class="brand">
      <img src="/favicon.svg" alt="" width="40" height="40" />
      {app.preferences.texts.value.appName}
      <Art />
    </p>
  );
}
