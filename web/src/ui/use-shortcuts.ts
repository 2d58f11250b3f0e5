/** Keys that work on the whole page. */
import { useEffect } from 'preact/hooks';
import type { App } from '../model/app.ts';
import { pathOfRoom } from '../model/route.ts';

/** See the file's sentence. `help` shows what there is. */
export function useShortcuts(app: App, help: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const act = actionOf(event, app, help);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [app]);
}

function actionOf({ key, code, altKey, ctrlKey, metaKey }: KeyboardEvent, app: App, help: () => void) {
  if ((ctrlKey || metaKey) && key === '/') return help;
  if (!altKey) return null;
  if (key === 'ArrowUp') return () => turn(app, -1);
  if (key === 'ArrowDown') return () => turn(app, 1);
  // By its place: with Alt, or in a Korean layout, the key brings another letter.
  return code === 'KeyN' ? () => app.go('/#new') : null;
}

/** Opens the room above or below the present one in the list. */
function turn(app: App, direction: -1 | 1): void {
  const rooms = app.rooms.rooms.value;
  const at = rooms.findIndex(({ roomId }) => roomId === app.roomId.value);
  const next = at < 0 ? rooms[0] : rooms[at + direction];
  if (next) app.go(pathOfRoom(next.roomId));
}
