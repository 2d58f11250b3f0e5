/** Which screen follows from the address, the session and the room that is open. Pure. */
import type { Failure, RoomState } from '../net/client.ts';
import type { Conversation } from './conversation.ts';
import type { Route } from './route.ts';
import type { SessionState } from './session.ts';

/** Why there is no room to show. */
export type Broken = 'not-found' | 'left' | 'removed' | 'gone' | 'problem';

/** What is shown. `welcome` and `enter` ask for a name; `home` is a known person's; `broken` has a way back. */
export type Screen =
  | { kind: 'welcome'; ended: SessionState['ended'] }
  | { kind: 'enter'; roomId: string; ended: SessionState['ended']; error: Failure | null }
  | { kind: 'home'; isMaking: boolean }
  | { kind: 'room'; conversation: Conversation }
  | { kind: 'broken'; why: Broken; error: Failure | null };

/** What the screen depends on. */
export type ScreenSource = {
  route: Route;
  session: SessionState;
  conversation: Conversation | null;
  /** Why the server did not let a guest in. */
  refusal: Failure | null;
};

/** See the file's sentence. */
export function screenOf({ route, session, conversation, refusal }: ScreenSource): Screen {
  if (route.screen === 'unknown') return { kind: 'broken', why: 'not-found', error: null };
  if (route.screen === 'home') {
    return session.known ? { kind: 'home', isMaking: route.isMaking } : { kind: 'welcome', ended: session.ended };
  }
  if (!conversation) return { kind: 'enter', roomId: route.roomId, ended: session.ended, error: refusal };
  return brokenBy(conversation.room.value) ?? { kind: 'room', conversation };
}

function brokenBy(room: RoomState): Screen | null {
  if (room.status === 'left') {
    return { kind: 'broken', why: room.reason === 'expired' ? 'left' : room.reason, error: null };
  }
  if (room.status !== 'refused') return null;
  if (room.error.code === 'ROOM_NOT_FOUND') return { kind: 'broken', why: 'not-found', error: null };
  if (room.error.code === 'FORBIDDEN') return { kind: 'broken', why: 'removed', error: null };
  return { kind: 'broken', why: 'problem', error: room.error };
}
