/** The check list itself, in the order in which an operator would try things by hand. */
import { chatChecks } from './chat-checks.ts';
import type { Check } from './check.ts';
import { refusalChecks } from './refusal-checks.ts';
import { roomChecks } from './room-checks.ts';

/** Later lines use what earlier ones made. */
export const CHECKS: readonly Check[] = [...roomChecks, ...chatChecks, ...refusalChecks];
