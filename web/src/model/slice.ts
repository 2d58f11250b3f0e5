/** Which rows of a long conversation are drawn: its end, or the surroundings of the row one looks at. Pure. */

/** How many rows are drawn around the row one looks at, and at the end. */
export const DRAWN = { before: 80, after: 120, atEnd: 120 } as const;

/** `start` inclusive, `end` exclusive. */
export type Slice = { start: number; end: number };

/** `anchorKey`: the row one looks at, or null for the end. A row that is gone counts as the end. */
export function sliceOf(rows: readonly { key: string }[], anchorKey: string | null): Slice {
  const anchor = anchorKey === null ? -1 : rows.findIndex(({ key }) => key === anchorKey);
  if (anchor < 0) return { start: Math.max(0, rows.length - DRAWN.atEnd), end: rows.length };
  return { start: Math.max(0, anchor - DRAWN.before), end: Math.min(rows.length, anchor + DRAWN.after) };
}
