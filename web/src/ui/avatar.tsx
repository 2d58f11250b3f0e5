/** A person as a coloured initial; the colour follows from the name. */

const HUES = 8;

/** See the file's sentence. */
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
