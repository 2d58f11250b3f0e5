/** What happens on one connection of `/ws`: frames in, requests to its session, answers out. */
import { type RawData, WebSocket } from 'ws';
import { ChatError } from '../../service/chat-error.ts';
import type { PeerSession } from '../../service/gateway.ts';
import type { Failures } from '../../service/ports.ts';
import { tellAnswer, tellFailure } from '../answers.ts';
import type { FloodWatch } from '../flood-watch.ts';
import type { ReadSlack } from '../library-slack.ts';
import type { Pulse } from './heartbeat.ts';
import { parseFrame } from './parse-frame.ts';
import type { WebsocketPeer } from './websocket-peer.ts';

/** The parts of one connection, and what all of them share. */
export type WebsocketLink = {
  readonly peer: WebsocketPeer;
  readonly session: PeerSession;
  readonly pulse: Pulse;
  readonly flood: FloodWatch;
  readonly door: { failures: Failures; slack: ReadSlack | null; ended(link: WebsocketLink): void };
};

/**
 * A connection that knows its link. What `ws` emits comes to one method here in place of a listener each, which together
 * weigh more than all else that this door keeps of a connection.
 */
export class LinkedWebSocket extends WebSocket {
  link: WebsocketLink | null = null;

  override emit(event: string | symbol, ...details: unknown[]): boolean {
    const { link } = this;
    if (link === null) return event === 'error' || super.emit(event, ...details);
    if (event !== 'close') link.door.slack?.later(this);
    if (event === 'message') hear(this, link, details as [RawData, boolean]);
    else if (event === 'ping' || event === 'pong') heartbeat(this, link, event === 'pong' ? String(details[0]) : null);
    // Frames too large or malformed (`error`): ws has answered with its close code already.
    else if (event === 'close') link.door.ended(link);
    return true;
  }
}

function hear(ws: WebSocket, link: WebsocketLink, [data, isBinary]: [RawData, boolean]): void {
  const { peer, pulse, door } = link;
  pulse.seen();
  if (isFlooded(ws, link)) return;
  try {
    receive(link, data, isBinary);
  } catch (error) {
    door.failures.report('transport.websocket', error);
    // Nobody knows what was answered and what was not.
    peer.close('INTERNAL');
  }
}

function heartbeat(ws: WebSocket, link: WebsocketLink, mark: string | null): void {
  if (mark === null) link.pulse.seen();
  else link.pulse.ponged(mark);
  isFlooded(ws, link);
}

/** Counts one frame; whoever sends too many is told to stay away, and nothing more is read from them. */
function isFlooded(ws: WebSocket, { peer, session, flood }: WebsocketLink): boolean {
  if (!flood.isTooMuch()) return false;
  if (peer.isOpen()) {
    peer.emit('error', session.refusal(new ChatError('RATE_LIMITED')));
    peer.close('FLOODING');
    ws.pause();
  }
  return true;
}

function receive({ peer, session }: WebsocketLink, data: RawData, isBinary: boolean): void {
  // What still comes in after we have closed is not served.
  if (!peer.isOpen()) return;
  if (isBinary) {
    peer.emit('error', session.refusal(new ChatError('VALIDATION_FAILED')));
    peer.close('BINARY_NOT_SUPPORTED');
    return;
  }
  const frame = parseFrame(data.toString());
  if (frame.error !== null) {
    tellFailure(peer, frame, session.refusal(frame.error));
    return;
  }
  const { id, name, payload } = frame;
  session.request(name, payload, (answer) => {
    if (id === null) tellAnswer(peer, frame, answer);
    else peer.acknowledge(id, answer);
  });
}
