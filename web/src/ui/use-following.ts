/** Binds a follower to the element that scrolls. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Conversation } from '../model/conversation.ts';
import { Follower } from './follower.ts';

/** See the file's sentence. Draws again whenever the rows, or the part of them to draw, change. */
export function useFollowing(conversation: Conversation): {
  scroller: RefObject<HTMLElement | null>;
  follower: Follower;
  drawn: ReturnType<Follower['draw']>;
} {
  const scroller = useRef<HTMLElement>(null);
  const follower = useMemo(() => new Follower(conversation), [conversation]);
  const drawn = follower.draw(conversation.rows.value);
  useLayoutEffect(() => (scroller.current ? follower.attach(scroller.current) : undefined), [follower]);
  useLayoutEffect(() => follower.drawn());
  return { scroller, follower, drawn };
}
