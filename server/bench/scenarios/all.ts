/** All scenarios, in the order they are run. */
import { HOT_ROOM } from './hot-room.ts';
import { IDLE_CONNECTIONS } from './idle-connections.ts';
import { MANY_ROOMS } from './many-rooms.ts';
import { NODE_GROWTH } from './node-growth.ts';
import type { Scenario } from './scenario.ts';
import { STORMS } from './storms.ts';

/** What a run without `--scenario` does. */
export const SCENARIOS: readonly Scenario[] = [HOT_ROOM, MANY_ROOMS, NODE_GROWTH, IDLE_CONNECTIONS, STORMS];
