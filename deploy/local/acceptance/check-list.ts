/** The check list itself, in the order in which an operator would try things by hand. */
import { chatChecks } from './chat-checks.ts';
import { refusalChecks } from './refusal-checks.ts';
import { roomChecks } from './room-checks.ts';
import type { World } from './world.ts';

/** One line: what must be true. `check` rejects with what was seen instead, or answers a remark. */
export type Check = { title: string; check(world: World): Promise<string | undefined> };

/** Later lines use what earlier ones made. */
export const CHECKS: readonly Check[] = [...roomChecks, ...chatChecks, ...refusalChecks];
