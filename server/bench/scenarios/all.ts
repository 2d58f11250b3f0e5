/** All scenarios, in the order they are run. */
import { HOT_ROOM } from './hot-room.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [HOT_ROOM];
