/** What was written here and is not yet among the room's messages, as the page shows it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Failure, Observable, Outgoing, Unsubscribe } from '../net/client.ts';

/** One message on its way. */
export type PendingView = {
  clientMsgId: string;
  text: string;
  createdAtMs: number;
  status: 'waiting' | 'sending' | 'sent' | 'failed';
  error: Failure | null;
  retry(): void;
  discard(): void;
};

/** Watches a room's pending messages and each one's state. */
export function watchPending(pending: Observable<readonly Outgoing[]>): {
  views: ReadonlySignal<readonly PendingView[]>;
  stop: Unsubscribe;
} {
  const views = signal<readonly PendingView[]>([]);
  const stops = new Map<Outgoing, Unsubscribe>();
  const show = () => {
    views.value = pending.value.map(viewOf);
  };
  const follow = (all: readonly Outgoing[]) => {
    for (const [outgoing, stop] of stops) {
      if (all.includes(outgoing)) continue;
      stop();
      stops.delete(outgoing);
    }
    for (const outgoing of all) if (!stops.has(outgoing)) stops.set(outgoing, outgoing.state.subscribe(show));
    show();
  };
  const stopList = pending.subscribe(follow);
  follow(pending.value);
  return {
    views,
    stop() {
      stopList();
      for (const stop of stops.values()) stop();
    },
  };
}

function viewOf(outgoing: Outgoing): PendingView {
  const { value } = outgoing.state;
  return {
    clientMsgId: outgoing.clientMsgId,
    text: outgoing.text,
    createdAtMs: outgoing.createdAtMs,
    status: value.status,
    error: value.status === 'failed' ? value.error : null,
    retry: () => outgoing.retry(),
    discard: () => void outgoing.discard(),
  };
}
