/** What happens on Socket.IO connections: handshake, events to the session, answers back, the end. */
import type { Server, Socket } from 'socket.io';
import type { CloseReason, WireError } from '../../protocol/index.ts';
import { invalidField } from '../../service/chat-error.ts';
import type { PeerSession } from '../../service/gateway.ts';
import { tellAnswer, tellFailure } from '../answers.ts';
import type { AuthDeadline } from '../auth-deadline.ts';
import { createConnectionId } from '../connection-id.ts';
import type { DoorDeps } from '../door.ts';
import { connectError, judgeHandshake } from './handshake.ts';
import { compactConnection, compactSocket, dropHandshake, useOnly } from './library-internals.ts';
import type { Newcomer, Newcomers, Seat } from './newcomers.ts';
import { SocketioPeer } from './socketio-peer.ts';
import { parseEvent } from './socketio-request.ts';

/** A class, not closures: there are as many of these as connections. */
class Link implements Seat {
  readonly socket: Socket;
  readonly peer: SocketioPeer;
  readonly session: PeerSession;
  /** What the handshake got wrong without being refused for it. */
  complaint: WireError | null = null;
  readonly #newcomer: Newcomer;
  readonly #links: Links;

  constructor(socket: Socket, newcomer: Newcomer, links: Links) {
    const { gateway, config, deadline } = links.deps;
    const [id, { address }] = [createConnectionId(config.NODE_ID), newcomer];
    this.socket = socket;
    const { isFastPathOn, onCut } = links;
    this.peer = new SocketioPeer(socket, { id, address, isFastPathOn, onCut });
    this.session = gateway.open(this.peer, newcomer.language);
    this.#newcomer = newcomer;
    this.#links = links;
    newcomer.seat = this;
    links.count++;
    deadline.watch(this.peer, this.session, newcomer.openedAtMs);
  }

  end(): void {
    if (this.#newcomer.seat !== this) return;
    this.#newcomer.seat = null;
    this.#links.count--;
    this.#links.deps.deadline.forget(this.peer);
    this.session.closed();
  }
}
type LinksDeps = DoorDeps & { newcomers: Newcomers; deadline: AuthDeadline };
type Links = {
  readonly deps: LinksDeps;
  readonly isFastPathOn: boolean;
  onCut(reason: CloseReason): void;
  count: number;
};

/** Tokens that one connection may try before it has to come anew, which counts against its address. */
const MOST_ATTEMPTS = 5;

/** Serves every connection of `io` from now on. Answers how to count them. */
export function serveSocketio(io: Server, deps: LinksDeps): { count(): number } {
  const links: Links = {
    deps,
    isFastPathOn: deps.config.FANOUT_FAST_PATH === 'on',
    onCut: (reason) => deps.metrics?.cut('socketio', reason),
    count: 0,
  };
  const linkOf = (socket: Socket): Link | null => {
    const seat = deps.newcomers.of(socket.conn)?.seat;
    return seat instanceof Link && seat.socket === socket ? seat : null;
  };

  // Listeners of all connections: one each would cost more than what they do.
  function onDisconnect(this: Socket): void {
    linkOf(this)?.end();
    // There is nothing else to be connected to: nobody stays without a session.
    this.conn.close();
  }
  /** A packet that cannot be read ends the connection (the engine's rule); its client is told why first. */
  function onUnreadable(this: Socket): void {
    const link = linkOf(this);
    link?.peer.emit('error', link.session.refusal(invalidField('', 'unreadablePacket')));
  }

  io.use((socket, next) => {
    const newcomer = deps.newcomers.of(socket.conn);
    if (newcomer === null || newcomer.seat !== null) return next(new Error('connection is taken'));
    if (++newcomer.attempts > MOST_ATTEMPTS) {
      deps.count('handshakes_connection');
      return socket.conn.close();
    }
    socket.on('disconnect', onDisconnect);
    answerHandshake(new Link(socket, newcomer, links), next).catch((defect: unknown) => {
      deps.failures.report('transport.socketio', defect);
      socket.conn.close();
    });
  });
  io.on('connection', (socket) => {
    const link = linkOf(socket);
    if (link === null) return;
    socket.on('error', onUnreadable);
    serveLink(link, deps);
    if (links.isFastPathOn) setImmediate(compact, socket);
  });
  return { count: () => links.count };
}

function compact(socket: Socket): void {
  compactConnection(socket.conn);
  compactSocket(socket);
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
  const { socket, peer, complaint } = link;
  dropHandshake(socket);
  if (complaint !== null) peer.emit('error', complaint);
  // A middleware that never calls on: events end here, so that one named like an internal event cannot trigger it.
  useOnly(socket, (event) => {
    try {
      receive(link, event);
    } catch (defect) {
      failures.report('transport.socketio', defect);
      // Nobody knows what was answered and what was not.
      peer.close('INTERNAL');
    }
  });
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
