/** All connections of this node, whichever door they came through. */
import type { Connections, Gateway, Peer } from './gateway.ts';
import { NodePeerSession, type PeerSessionDeps } from './peer-session.ts';

/** The gateway that doors hand their connections to, and the list that ends a session by its `sid`. */
export function createNodeConnections(deps: PeerSessionDeps): Gateway & Connections {
  const sessions = new Map<string, NodePeerSession>();
  const onClosed = ({ id }: NodePeerSession) => sessions.delete(id);

  return {
    open(peer: Peer, locale: string | undefined) {
      const session = new NodePeerSession(peer, deps, { locale, onClosed });
      sessions.set(session.id, session);
      return session;
    },
    *all() {
      for (const { peer, sid, userId } of sessions.values()) yield { peer, sid, userId };
    },
    endSession(sid) {
      for (const session of [...sessions.values()]) if (session.sid === sid) session.end('SESSION_EXPIRED');
    },
    endExpired(nowMs) {
      for (const session of [...sessions.values()]) if (session.hasExpired(nowMs)) session.end('SESSION_EXPIRED');
    },
    count: () => sessions.size,
  };
}
