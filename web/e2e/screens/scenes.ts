/** All scenes, in the order of the sheet. */
import { around } from './around.ts';
import { inside } from './inside.ts';
import { outside } from './outside.ts';
import type { Scene } from './scene.ts';

/** See the file's sentence. */
export const SCENES: readonly Scene[] = [...outside, ...inside, ...around];
