/** How the answer to a request looks to a client that gave neither callback nor `id`; the same on both doors. */
import type { Answer, Joined, WireError } from '../protocol/index.ts';
import type { Peer } from '../service/gateway.ts';

/** A request as its door took it off the wire; null where the client did not even name it. */
export type Asked = { name: string | null; payload: unknown };

/** Longer names are no types of ours; sending them back would only carry a client's own bytes. */
const ECHOED_NAME_CHARS = 64;

/** `join` is told as `joined`, `ping` as `pong`, failures as `error`; other successes are silent. */
export function tellAnswer(peer: Peer, asked: Asked, answer: Answer): void {
  if (!answer.ok) tellFailure(peer, asked, answer.error);
  else if (asked.name === 'join') peer.emit('joined', answer.data as Joined);
  else if (asked.name === 'ping') peer.emit('pong', {});
}

/** The `error` event, with what it is about as far as the request told. */
export function tellFailure(peer: Peer, { name, payload }: Asked, error: WireError): void {
  const roomId = roomOf(payload);
  peer.emit('error', {
    ...error,
    ...(name !== null && name.length <= ECHOED_NAME_CHARS ? { re: name } : {}),
    ...(roomId === null ? {} : { roomId }),
  });
}

function roomOf(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('roomId' in payload)) return null;
  const { roomId } = payload;
  return typeof roomId === 'string' && roomId.length <= ECHOED_NAME_CHARS ? roomId : null;
}
