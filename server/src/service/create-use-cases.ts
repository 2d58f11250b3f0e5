/** The use cases as one object, for REST. */
import { LIMITS } from '../protocol/index.ts';
import { claimSession } from './claim-session.ts';
import { createRoom } from './create-room.ts';
import type { ServiceDeps } from './deps.ts';
import { describeRoom } from './describe-room.ts';
import { removeMember } from './remove-member.ts';
import { sendMessage } from './send-message.ts';
import { authenticate, describeSession, endSession, renewSession } from './sessions.ts';
import type { UseCases } from './use-cases.ts';

/** Binds every use case to what it uses. */
export function createUseCases(deps: ServiceDeps): UseCases {
  return {
    authenticate: (token) => authenticate(deps, token),
    createRoom: (request) => createRoom(deps, request),
    describeRoom: (roomId, viewer) => describeRoom(deps, roomId, viewer),
    sendMessage: (identity, request) => sendMessage(deps, identity, request),
    removeMember: (identity, member) => removeMember(deps, identity, member),
    readHistory: ({ userId }, { limit = LIMITS.pageDefault, ...query }) => deps.rooms.page({ ...query, userId, limit }),
    async claimSession(name) {
      const { identity, token } = await claimSession(deps, { name, field: 'name' });
      const { userId, expiresAtMs } = identity;
      return { identity, userId, token, expiresAt: new Date(expiresAtMs).toISOString() };
    },
    describeSession: (identity) => describeSession(deps, identity),
    renewSession: (identity) => renewSession(deps, identity),
    endSession: (identity) => endSession(deps, identity),
  };
}
