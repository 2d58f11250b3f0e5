/** One Socket.IO event taken apart: name, payload, and the callback if there is one. Pure. */

import type { Answer } from '../../protocol/index.ts';
import { type ChatError, invalidField } from '../../service/chat-error.ts';
import type { Asked } from '../answers.ts';

/** A request and where its answer goes, if anywhere; or what is wrong with the event. */
export type ParsedEvent = Asked & { acknowledge: ((answer: Answer) => void) | null } & (
    | { error: null; name: string }
    | { error: ChatError }
  );

/** `event` is the name, then the arguments, then the callback; JSON holds no functions, so a function is one. */
export function parseEvent(event: readonly unknown[]): ParsedEvent {
  const last = event.at(-1);
  const acknowledge = isCallback(last) ? last : null;
  const [name, ...args] = acknowledge === null ? event : event.slice(0, -1);
  // No argument at all is an empty payload, as on `/ws`.
  const asked = { payload: args.length === 0 ? {} : args[0], acknowledge };
  if (typeof name !== 'string') return { ...asked, name: null, error: invalidField('', 'eventName') };
  if (args.length > 1) return { ...asked, name, error: invalidField('', 'onePayload') };
  if (holdsBinary(asked.payload)) return { ...asked, name, error: invalidField('', 'binary') };
  return { ...asked, name, error: null };
}

function isCallback(value: unknown): value is (answer: Answer) => void {
  return typeof value === 'function';
}

/** Without recursion: 64 KiB hold 32 000 levels. */
function holdsBinary(payload: unknown): boolean {
  const open = [payload];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
    for (const inner of Object.values(value)) open.push(inner);
  }
  return false;
}
