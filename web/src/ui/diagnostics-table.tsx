/** How the connection is, for whoever wants to know or is asked to tell. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Texts } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';

type Facts = Awaited<ReturnType<App['measure']>>;

const MEASURE_EVERY_MS = 2_000;

/** See the file's sentence. Measures for as long as it is shown. */
export function DiagnosticsTable({ app }: { app: App }) {
  const facts = useSignal<Facts>(null);
  useEffect(() => {
    const measure = async () => {
      facts.value = await app.measure();
    };
    void measure();
    const timer = setInterval(() => void measure(), MEASURE_EVERY_MS);
    return () => clearInterval(timer);
  }, [app, facts]);
  const texts = app.preferences.texts.value;
  return (
    <dl class="table">
      {linesOf(app, facts.value, texts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? texts.unknown}</dd>
        </div>
      ))}
    </dl>
  );
}

function linesOf(app: App, facts: Facts, texts: Texts): [string, string | number | null][] {
  const screen = app.screen.value;
  const stats = screen.kind === 'room' ? screen.conversation.stats() : null;
  const doors = { websocket: 'WebSocket', socketio: 'Socket.IO' };
  return [
    [texts.diagState, texts.diagStates[app.connection.value.status]],
    [texts.diagNode, facts?.node ?? null],
    [texts.diagDoor, facts?.door ? doors[facts.door] : null],
    [texts.diagRoundTrip, facts?.roundTripMs == null ? null : `${facts.roundTripMs} ms`],
    [texts.diagConnections, facts?.connections ?? null],
    ...(stats
      ? ([
          [texts.diagPosition, stats.position],
          [texts.diagReplayed, stats.replayed],
          [texts.diagDuplicates, stats.duplicates],
          [texts.diagGaps, stats.gaps],
        ] satisfies [string, string | number | null][])
      : []),
  ];
}
