/** Making a room: its creator is the first member. */
import { codePoints, LIMITS } from '../protocol/index.ts';
import { ChatError, invalidField } from './chat-error.ts';
import { claimSession } from './claim-session.ts';
import { creatorSidOf } from './creator.ts';
import type { ServiceDeps } from './deps.ts';
import type { Identity } from './ports.ts';
import { randomText } from './random-ids.ts';
import type { RoomMade, RoomRequest } from './use-cases.ts';

const TRIES = 5;

/** Rejects with VALIDATION_FAILED for a name or title that cannot be. */
export async function createRoom(deps: ServiceDeps, request: RoomRequest): Promise<RoomMade> {
  const title = tidyTitle(request.title);
  const isPrivate = request.isPrivate === true;
  const invite = randomText(22);
  const { identity, token } = await creatorOf(deps, request);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const roomId = randomText(8);
    const creator = await deps.sessions.enter(identity, roomId);
    const room = {
      roomId,
      epoch: randomText(8),
      title,
      isPrivate,
      invite,
      creator,
      creatorSid: creatorSidOf(identity),
    };
    if ((await deps.rooms.create(room)) === 'created') {
      return { roomId, userId: identity.userId, token, invite: isPrivate ? invite : null };
    }
    await deps.sessions.forget(identity.userId, roomId);
  }
  throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
}

async function creatorOf(deps: ServiceDeps, { creator }: RoomRequest): Promise<{ identity: Identity; token: string }> {
  if ('name' in creator) return claimSession(deps, { name: creator.name, field: 'creatorName' });
  const { token } = creator.foreign ?? (await deps.tokens.sign(creator.userId, creator.sid));
  return { identity: creator, token };
}

function tidyTitle(title: string | null | undefined): string | null {
  const tidy = (title ?? '').normalize('NFC').trim();
  if (codePoints(tidy) > LIMITS.titleCodePoints) throw invalidField('title', 'tooLong', LIMITS.titleCodePoints);
  return tidy === '' ? null : tidy;
}
