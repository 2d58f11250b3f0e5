/** Positions: how they are written and when one still tells the truth. Clients only hand them back; nodes take them apart. */

/** `epoch` names the room's life, `gen` the history the seq belongs to. */
export type ParsedPosition = { epoch: string; gen: string; seq: number };

/** Where a room stands: its life, its histories (ascending, never empty) and its last seq. */
export type Histories = { epoch: string; gens: readonly { gen: string; firstSeq: number }[]; seq: number };

/** `<epoch>.<gen>-<seq>`; null where the text is not one of ours. */
export function parsePosition(position: string): ParsedPosition | null {
  const match = /^([a-z0-9]{1,16})\.([a-f0-9]{8})-(0|[1-9]\d{0,14})$/.exec(position);
  if (!match) return null;
  const [, epoch, gen, seq] = match;
  if (epoch === undefined || gen === undefined || seq === undefined) return null;
  return { epoch, gen, seq: Number(seq) };
}

/** The text form of a position. */
export function formatPosition({ epoch, gen, seq }: ParsedPosition): string {
  return `${epoch}.${gen}-${seq}`;
}

/** The history that the room is written in now. */
export function currentGen(room: Histories): string {
  return room.gens.at(-1)?.gen ?? '00000000';
}

/**
 * Whether everything up to the position is still part of the room: its history ended at or after it. A position that
 * lies in a tail which a fail-over or a lost second of the append-only file took away is not good.
 */
export function isGoodPosition(position: ParsedPosition, room: Histories): boolean {
  if (position.epoch !== room.epoch || position.seq > room.seq) return false;
  const index = room.gens.findLastIndex(({ gen }) => gen === position.gen);
  if (index < 0) return false;
  const next = room.gens[index + 1];
  return next === undefined || position.seq < next.firstSeq;
}
