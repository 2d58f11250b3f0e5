/** Ends connections that have not said who they are in time, with one timer for all of a door. */
import { ChatError } from '../service/chat-error.ts';
import type { Peer, PeerSession } from '../service/gateway.ts';
import type { Failures } from '../service/ports.ts';

/** How much later than the deadline a connection may be ended, as a share of it: 10 s become 10 to 11 s. */
const SLACK = 0.1;

/** The connections of a door that are still strangers. */
export interface AuthDeadline {
  /** `openedAtMs` by `performance.now()`. */
  watch(peer: Peer, session: PeerSession, openedAtMs: number): void;
  /** The connection has ended by itself. */
  forget(peer: Peer): void;
  close(): void;
}

type Stranger = { session: PeerSession; openedAtMs: number };

/** `deadlineMs` counts from when the connection came in, whatever it did since. */
export function createAuthDeadline(deadlineMs: number, failures: Failures): AuthDeadline {
  const strangers = new Map<Peer, Stranger>();

  const look = (): void => {
    const dueMs = performance.now() - deadlineMs;
    for (const [peer, { session, openedAtMs }] of strangers) {
      if (session.isAuthenticated()) strangers.delete(peer);
      else if (openedAtMs <= dueMs && session.isWaiting()) session.askAgain();
      else if (openedAtMs <= dueMs) {
        strangers.delete(peer);
        peer.emit('error', session.refusal(new ChatError('UNAUTHORIZED')));
        peer.close('AUTH_TIMEOUT');
      }
    }
  };
  const timer = setInterval(
    () => {
      try {
        look();
      } catch (error) {
        failures.report('transport.auth-deadline', error);
      }
    },
    Math.max(5, deadlineMs * SLACK),
  );

  return {
    watch: (peer, session, openedAtMs) => void strangers.set(peer, { session, openedAtMs }),
    forget: (peer) => void strangers.delete(peer),
    close: () => clearInterval(timer),
  };
}
