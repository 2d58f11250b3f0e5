/** What happens on Socket.IO connections: handshake, events to the session, answers back, the end. */
import type { Server, Socket } from 'socket.io';
import type { WireError } from '../../protocol/index.ts';
import { invalidField } from '../../service/chat-error.ts';
import type { PeerSession } from '../../service/gateway.ts';
import { tellAnswer, tellFailure } from '../answers.ts';
import type { AuthDeadline } from '../auth-deadline.ts';
import { createConnectionId } from '../connection-id.ts';
import type { DoorDeps } from '../door.ts';
import { connectError, judgeHandshake } from './handshake.ts';
import type { Newcomer, Newcomers } from './newcomers.ts';
import { SocketioPeer } from './socketio-peer.ts';
import { parseEvent } from './socketio-request.ts';

type Link = {
  socket: Socket;
  peer: SocketioPeer;
  session: PeerSession;
  /** What the handshake got wrong without being refused for it. */
  complaint: WireError | null;
  end(): void;
};
type LinksDeps = DoorDeps & { newcomers: Newcomers; deadline: AuthDeadline };

/** Tokens that one connection may try before it has to come anew, which counts against its address. */
const MOST_ATTEMPTS = 5;

/** Serves every connection of `io` from now on. Answers how to count them. */
export function serveSocketio(io: Server, deps: LinksDeps): { count(): number } {
  // By connection: one that asks for a second seat in the namespace would get every room event twice.
  const links = new Map<Socket['conn'], Link>();

  function begin(socket: Socket, newcomer: Newcomer): Link {
    const { conn } = socket;
    const end = (): void => {
      conn.off('close', end);
      if (!links.delete(conn)) return;
      deps.deadline.forget(link.peer);
      link.session.closed();
    };
    const link = openLink(socket, { newcomer, end }, deps);
    links.set(conn, link);
    conn.once('close', end);
    socket.once('disconnect', () => {
      end();
      // There is nothing else to be connected to: nobody stays without a session.
      conn.close();
    });
    return link;
  }

  io.use((socket, next) => {
    const newcomer = deps.newcomers.of(socket.conn);
    if (newcomer === null || links.has(socket.conn)) return next(new Error('connection is taken'));
    if (++newcomer.attempts > MOST_ATTEMPTS) {
      deps.count('handshakes_connection');
      return socket.conn.close();
    }
    answerHandshake(begin(socket, newcomer), next).catch((defect: unknown) => {
      deps.failures.report('transport.socketio', defect);
      socket.conn.close();
    });
  });
  io.on('connection', (socket) => {
    const link = links.get(socket.conn);
    if (link) serveLink(link, deps);
  });
  return { count: () => links.size };
}

function openLink(socket: Socket, { newcomer, end }: { newcomer: Newcomer; end(): void }, deps: LinksDeps): Link {
  const { gateway, config, deadline, metrics } = deps;
  const peer = new SocketioPeer(socket, {
    id: createConnectionId(config.NODE_ID),
    address: newcomer.address,
    isFastPathOn: config.FANOUT_FAST_PATH === 'on',
    onCut: (reason) => metrics?.cut('socketio', reason),
  });
  const session = gateway.open(peer, newcomer.language);
  deadline.watch(peer, session, newcomer.openedAtMs);
  return { socket, peer, session, complaint: null, end };
}

/** A client that is refused keeps its connection and may try again with another token, until the deadline. */
async function answerHandshake(link: Link, next: (refusal?: Error) => void): Promise<void> {
  const { isRefused, error } = await judgeHandshake(link.socket, link.session);
  if (error !== null && isRefused) {
    link.end();
    return next(connectError(error));
  }
  link.complaint = error;
  next();
}

function serveLink(link: Link, { failures }: LinksDeps): void {
  const { socket, peer, session, complaint } = link;
  if (complaint !== null) peer.emit('error', complaint);
  // A middleware that never calls on: events end here, so that one named like an internal event cannot trigger it.
  socket.use((event) => {
    try {
      receive(link, event);
    } catch (defect) {
      failures.report('transport.socketio', defect);
      // Nobody knows what was answered and what was not.
      peer.close('INTERNAL');
    }
  });
  // A packet that cannot be read ends the connection (the engine's rule); its client is told why first.
  socket.on('error', () => peer.emit('error', session.refusal(invalidField('', 'unreadablePacket'))));
}

function receive({ socket, peer, session }: Link, event: readonly unknown[]): void {
  if (!socket.connected) return;
  const parsed = parseEvent(event);
  const { acknowledge } = parsed;
  if (parsed.error !== null) {
    const error = session.refusal(parsed.error);
    if (acknowledge) acknowledge({ ok: false, error });
    else tellFailure(peer, parsed, error);
    return;
  }
  session.request(parsed.name, parsed.payload, (answer) => {
    if (acknowledge) acknowledge(answer);
    else tellAnswer(peer, parsed, answer);
  });
}
