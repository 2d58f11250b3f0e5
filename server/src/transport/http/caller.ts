/** Who calls: the Bearer token of a request. */
import type { FastifyRequest } from 'fastify';
import { isJwt } from '../../protocol/index.ts';
import { ChatError } from '../../service/chat-error.ts';
import type { Identity } from '../../service/ports.ts';
import type { UseCases } from '../../service/use-cases.ts';

const BEARER = /^Bearer +([^\s]{1,4096})$/i;

/** The caller of a request that must have one. UNAUTHORIZED where it has none. */
export async function requireCaller(useCases: UseCases, request: FastifyRequest): Promise<Identity> {
  const caller = await findCaller(useCases, request);
  if (caller === null) throw new ChatError('UNAUTHORIZED');
  return caller;
}

/** The caller, null without an Authorization header. A header that is no good is refused, never overlooked. */
export async function findCaller(useCases: UseCases, request: FastifyRequest): Promise<Identity | null> {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined || !isJwt(token)) throw new ChatError('UNAUTHORIZED');
  return useCases.authenticate(token);
}
