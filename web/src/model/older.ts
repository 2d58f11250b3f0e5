/** Reads the newest page once the room is live, and older ones when asked, one at a time. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Room, Unsubscribe } from '../net/client.ts';

/** See the file's sentence. `hasFailed` until the next try. */
export interface OlderPages {
  readonly state: ReadonlySignal<'resting' | 'loading' | 'failed'>;
  /** Whether the newest page has been read at all. */
  readonly hasRead: ReadonlySignal<boolean>;
  load(): Promise<void>;
  stop: Unsubscribe;
}

/** Begins as soon as the room is live. */
export function createOlderPages(room: Room): OlderPages {
  const state = signal<'resting' | 'loading' | 'failed'>('resting');
  const hasRead = signal(false);
  const load = async () => {
    if (state.value === 'loading' || !room.hasOlder || room.state.value.status !== 'live') return;
    state.value = 'loading';
    try {
      await room.loadOlder();
      state.value = 'resting';
      hasRead.value = true;
    } catch {
      state.value = 'failed';
    }
  };
  const look = () => {
    if (room.state.value.status !== 'live' || hasRead.value) return;
    if (room.hasOlder) void load();
    else hasRead.value = true;
  };
  const stop = room.state.subscribe(look);
  look();
  return { state, hasRead, load, stop };
}
