/** What a Socket.IO handshake says about its client, and whether it may come in. */
import type { Socket } from 'socket.io';
import type { ErrorCode, WireError } from '../../protocol/index.ts';
import { invalidField } from '../../service/chat-error.ts';
import type { PeerSession } from '../../service/gateway.ts';

/** Only these refuse the connection: a stock client gives up for good when it is refused. */
const REFUSED = new Set<ErrorCode>(['UNAUTHORIZED', 'SESSION_EXPIRED', 'FORBIDDEN']);

/** What becomes of a handshake: in, in with something to be told, or refused. */
export type HandshakeOutcome = { isRefused: boolean; error: WireError | null };

/** Takes language and token out of `auth`. A client without a token comes in and has to join with one in time. */
export async function judgeHandshake(socket: Socket, session: PeerSession): Promise<HandshakeOutcome> {
  const { token, locale }: { token?: unknown; locale?: unknown } = socket.handshake.auth;
  if (typeof locale === 'string') session.useLocale(locale);
  if (token === undefined || token === null || token === '') return { isRefused: false, error: null };
  if (typeof token !== 'string') {
    return { isRefused: false, error: session.refusal(invalidField('token', 'text')) };
  }
  const error = await session.authenticate(token);
  // Redis being away must not make clients give up: they come in, and the gateway authenticates again at the first join.
  if (error === null || error.code === 'SERVICE_UNAVAILABLE') return { isRefused: false, error: null };
  return { isRefused: REFUSED.has(error.code), error };
}

/** The error a middleware answers with so that the client gets `connect_error` with our code as message and the error as `data`. */
export function connectError(error: WireError): Error & { data: WireError } {
  return Object.assign(new Error(error.code), { data: error });
}
