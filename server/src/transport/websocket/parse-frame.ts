/** One text frame of `/ws` taken apart: `{t, id?, …fields}`. Pure. */
import { type ChatError, invalidField } from '../../service/chat-error.ts';
import type { Asked } from '../answers.ts';

/** What a client wants its answer to carry, so that it knows it again. */
export type FrameId = string | number;

/** A request and the id its answer goes to, if any; or what is wrong with the frame. */
export type ParsedFrame = Asked & ({ error: null; name: string; id: FrameId | null } | { error: ChatError });

const ID_CHARS = 64;

/** The payload is the object without `t` and `id`. Whether name and payload mean anything is not judged here. */
export function parseFrame(text: string): ParsedFrame {
  const frame = parseObject(text);
  if (frame === null) return refused(null, invalidField('', 'unreadable'));
  const { t: name, id, ...payload } = frame;
  if (typeof name !== 'string' || name === '') return refused(null, invalidField('t', 'text'), payload);
  if (id !== undefined && !isFrameId(id)) return refused(name, invalidField('id', 'frameId', ID_CHARS), payload);
  return { error: null, name, id: id ?? null, payload };
}

function refused(name: string | null, error: ChatError, payload: unknown = null): ParsedFrame {
  return { error, name, payload };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isFrameId(id: unknown): id is FrameId {
  return typeof id === 'string' ? id.length <= ID_CHARS : Number.isFinite(id);
}
