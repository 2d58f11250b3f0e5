/** Names to choose from while one writes `@`. */
import type { App } from '../model/app.ts';
import { Avatar, PersonName } from './avatar.tsx';
import { NAME_LIST_ID, type NameCompletion } from './use-completion.ts';

/** See the file's sentence. The keyboard stays in the field, which says which name is chosen. */
export function NameList({ app, completion }: { app: App; completion: NameCompletion }) {
  const { candidates, chosen, take } = completion;
  if (candidates.length === 0) return null;
  return (
    <div class="name-list" id={NAME_LIST_ID} role="listbox" aria-label={app.preferences.texts.value.people}>
      {candidates.map((name, index) => (
        <div
          key={name}
          id={`${NAME_LIST_ID}-${index}`}
          class="name-option"
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onMouseDown={(event) => {
            // Before the field loses the focus, which would close the list.
            event.preventDefault();
            take(name);
          }}
        >
          <Avatar name={name} />
          <PersonName name={name} />
        </div>
      ))}
    </div>
  );
}
