/** One line of the check list. Types only. */
import type { World } from './world.ts';

/** What must be true. `check` rejects with what was seen instead, or answers a remark. */
export type Check = { title: string; check(world: World): Promise<string | undefined> };
