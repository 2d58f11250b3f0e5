/** Two bubbles: what stands above the words where there is nothing else to see. */

/** See the file's sentence. `isQuiet`: nobody has said anything yet. */
export function Art({ isQuiet = false }: { isQuiet?: boolean }) {
  return (
    <svg class="art" viewBox="0 0 132 92" aria-hidden="true" focusable="false">
      <path class="art-other" d="M4 22a18 18 0 0 1 18-18h44a18 18 0 0 1 0 36H24L8 48a3 3 0 0 1-4-3Z" />
      <path class="art-own" d="M128 64a18 18 0 0 0-18-18H66a18 18 0 0 0 0 36h42l16 8a3 3 0 0 0 4-3Z" />
      {isQuiet ? (
        <path class="art-line" d="M30 22h.1M44 22h.1M58 22h.1" />
      ) : (
        <path class="art-line" d="M24 17h34M24 27h20" />
      )}
      <path class="art-line own" d="M74 59h36M74 69h20" />
    </svg>
  );
}
