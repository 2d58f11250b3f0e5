/** Chooses which messages are told on the desktop while one looks elsewhere; asks the browser when it is needed. */
import type { App } from '../model/app.ts';
import { NOTICES, type Notices } from '../model/preferences.ts';

/** See the file's sentence. */
export function NoticeChoice({ app }: { app: App }) {
  const { preferences, board } = app;
  const texts = preferences.texts.value;
  const permission = board.permission.value;
  const labels: Record<Notices, string> = {
    off: texts.noticesOff,
    mentions: texts.noticesMentions,
    all: texts.noticesAll,
  };
  const choose = async (wanted: Notices) => {
    preferences.setNotices(wanted);
    if (wanted !== 'off') await board.ask();
  };
  const problem = { denied: texts.noticesDenied, unsupported: texts.noticesUnsupported, default: null, granted: null };
  return (
    <fieldset class="choice">
      <legend>{texts.notices}</legend>
      {NOTICES.map((each) => (
        <label key={each} class="check">
          <input
            type="radio"
            name="notices"
            checked={preferences.notices.value === each}
            disabled={permission === 'unsupported' || (permission === 'denied' && each !== 'off')}
            onChange={() => void choose(each)}
          />
          <span>{labels[each]}</span>
        </label>
      ))}
      {problem[permission] && <p class="hint-line">{problem[permission]}</p>}
    </fieldset>
  );
}
