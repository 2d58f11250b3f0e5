/** People and rooms as pictures: a coloured initial, the colour from the name; and a name with a quiet number where it needs one. */
import { Icon } from './icons.tsx';

const HUES = 8;
/** More would be too small to read. */
const FACES = 4;

/** The initial of a person, or of a room's title. */
export function Avatar({ name }: { name: string }) {
  return (
    <span class={`avatar avatar-${hueOf(name)}`} aria-hidden="true">
      {Array.from(name)[0]?.toUpperCase() ?? ''}
    </span>
  );
}

/** A room: its title's initial, else the people in it side by side. */
export function RoomAvatar({ title, people }: { title: string | null; people: readonly string[] }) {
  const [first, ...others] = people;
  if (title !== null) return <Avatar name={title} />;
  if (first === undefined) {
    return (
      <span class="avatar avatar-nobody" aria-hidden="true">
        <Icon name="bubble" />
      </span>
    );
  }
  if (others.length === 0) return <Avatar name={first} />;
  return (
    <span class="avatar faces" aria-hidden="true">
      {people.slice(0, FACES).map((name) => (
        <Avatar key={name} name={name} />
      ))}
    </span>
  );
}

/** FNV-1a, folded: its lowest bits alone hardly tell short names apart. */
function hueOf(name: string): number {
  let hash = 2_166_136_261;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return ((hash ^ (hash >>> 18)) >>> 0) % HUES;
}

/** The name; the number that tells two of the same name apart is quieter. */
export function PersonName({ name }: { name: string }) {
  const [bare, number] = name.split('#');
  return (
    <>
      {bare}
      {number !== undefined && <span class="number">#{number}</span>}
    </>
  );
}
