/** A message as it is published and logged: `{"type":"msg",…}`. Nodes read it where they need its fields. */
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Message } from './entities.ts';

const PublishedMessage = Compile(Type.Object({ type: Type.Literal('msg'), ...Message.properties }));

/** The message, or null for entries of types that this version does not know. */
export function parsePublishedMessage(published: string): Message | null {
  const entry: unknown = JSON.parse(published);
  if (!PublishedMessage.Check(entry)) return null;
  const { type: _, ...message } = entry;
  return message;
}
