/** What the keys do. */
import type { App } from '../model/app.ts';

/** See the file's sentence. */
export function ShortcutTable({ app }: { app: App }) {
  const texts = app.preferences.texts.value;
  const lines = [
    ['Enter', texts.shortcutSend],
    ['Shift + Enter', texts.shortcutLine],
    ['@', texts.shortcutMention],
    ['↑ ↓', texts.shortcutReply],
    ['Alt + ↑ ↓', texts.shortcutRooms],
    ['Alt + N', texts.shortcutNew],
    ['Ctrl + /', texts.shortcutHelp],
    ['Esc', texts.shortcutClose],
  ] as const;
  return (
    <dl class="table">
      {lines.map(([keys, does]) => (
        <div key={keys}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
