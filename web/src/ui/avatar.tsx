/** A person: a coloured initial, the colour from the name, and the name with a quiet number where it needs one. */

const HUES = 8;

/** The initial. */
export function Avatar({ name }: { name: string }) {
  return (
    <span class={`avatar avatar-${hueOf(name)}`} aria-hidden="true">
      {Array.from(name)[0]?.toUpperCase() ?? ''}
    </span>
  );
}

function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return sum % HUES;
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
