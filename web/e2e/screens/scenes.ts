/** All scenes, in the order of the sheet. */
import { answers } from './answers.ts';
import { around } from './around.ts';
import { inside } from './inside.ts';
import { outside } from './outside.ts';
import type { Scene } from './scene.ts';

/** See the file's sentence. */
export const SCENES: readonly Scene[] = [...outside, ...inside, ...answers, ...around];
