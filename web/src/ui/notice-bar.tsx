/** Tells for a few seconds what happened beside what one looks at. */
import type { Texts } from '../i18n/texts.ts';
import type { App, Notice } from '../model/app.ts';

/** See the file's sentence. */
export function NoticeBar({ app }: { app: App }) {
  const notice = app.notice.value;
  return (
    <div class="notice-place" role="status">
      {notice && <p class="notice">{textOf(notice, app.preferences.texts.value)}</p>}
    </div>
  );
}

function textOf(notice: Notice, texts: Texts): string {
  if (notice === 'logged-out-here') return texts.noticeLoggedOutHere;
  return texts.noticeLeaveFailed;
}
