/** One line of the check list, and the way to say that it cannot be tried here. */
import type { World } from './world.ts';

/** What must be true. `check` rejects with what was seen instead (or with `Skipped`), or answers a remark. */
export type Check = { title: string; check(world: World): Promise<string | undefined> };

/** Thrown by a check that means nothing on this cluster. The message says why. */
export class Skipped extends Error {
  override name = 'Skipped';
}
