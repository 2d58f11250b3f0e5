/** Sending: the text in its one form and within its bounds, then the store. */
import { codePoints, LIMITS, type Sent } from '../protocol/index.ts';
import { ChatError, invalidField } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';
import type { Identity } from './ports.ts';
import type { MessageRequest } from './use-cases.ts';

/** Rejects with MESSAGE_TOO_LONG and as `RoomStore.append`. */
export async function sendMessage(
  { rooms }: Pick<ServiceDeps, 'rooms'>,
  { userId }: Identity,
  request: MessageRequest,
): Promise<Sent> {
  const text = request.text.normalize('NFC');
  if (text.length === 0) throw invalidField('text', 'short');
  if (text.length > LIMITS.textCodePoints && codePoints(text) > LIMITS.textCodePoints) {
    throw new ChatError('MESSAGE_TOO_LONG');
  }
  return rooms.append({ ...request, userId, text });
}
