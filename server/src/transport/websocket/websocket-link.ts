/** What happens on one connection of `/ws`: frames in, requests to its session, answers out. */
import type { RawData, WebSocket } from 'ws';
import { ChatError } from '../../service/chat-error.ts';
import type { PeerSession } from '../../service/gateway.ts';
import type { Failures } from '../../service/ports.ts';
import { tellAnswer, tellFailure } from '../answers.ts';
import type { FloodWatch } from '../flood-watch.ts';
import type { Pulse } from './heartbeat.ts';
import { parseFrame } from './parse-frame.ts';
import type { WebsocketPeer } from './websocket-peer.ts';

/** The parts of one connection. */
export type WebsocketLink = {
  ws: WebSocket;
  peer: WebsocketPeer;
  session: PeerSession;
  pulse: Pulse;
  flood: FloodWatch;
  failures: Failures;
};

/** Listens to the connection from now on; `ended` is called once, when it is over. */
export function serveWebsocket(link: WebsocketLink, ended: () => void): void {
  const { ws, peer, pulse, failures } = link;
  ws.on('message', (data, isBinary) => {
    pulse.seen();
    if (isFlooded(link)) return;
    try {
      receive(link, data, isBinary);
    } catch (error) {
      failures.report('transport.websocket', error);
      // Nobody knows what was answered and what was not.
      peer.close('INTERNAL');
    }
  });
  ws.on('ping', () => {
    pulse.seen();
    isFlooded(link);
  });
  ws.on('pong', (data) => {
    pulse.ponged(data.toString());
    isFlooded(link);
  });
  // Frames too large or malformed: ws has answered with its close code already.
  ws.on('error', () => undefined);
  ws.once('close', ended);
}

/** Counts one frame; whoever sends too many is told to stay away, and nothing more is read from them. */
function isFlooded({ ws, peer, session, flood }: WebsocketLink): boolean {
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
