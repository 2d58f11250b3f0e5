/** Clients are away for longer than the log reaches: they are told, and load the newest page. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { untilAllLive } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';
import { startSplitFront } from './support/split-front.ts';

const BEYOND_THE_LOG = 1_200;

test('who is away for longer than the log reaches is told so', async () => {
  const front = startSplitFront();
  await runFault({
    name: 'client-away-long',
    rooms: 1,
    front: front.open,
    client: { transports: ['websocket'] },
    isSilent: ({ index }) => front.isBehind(index),
    async inject({ crowd, history, load }) {
      const gone = crowd.people.filter(({ index }) => front.isBehind(index));
      const there = crowd.people.filter(({ index }) => !front.isBehind(index));
      const gaps: string[] = [];
      for (const { room } of gone) room.events.subscribe((event) => event.type === 'gap' && gaps.push(event.reason));
      front.shutOut();
      load.pause();
      const sends = Array.from({ length: BEYOND_THE_LOG }, (_, n) => there[n % there.length]).map(
        (person) => person && crowd.say(person).settled,
      );
      await Promise.all(sends);
      const from = history.records.length;
      front.letIn();
      load.start();
      await untilAllLive(crowd);
      await eventually(
        () => gone.map(({ room }) => room.timeline.value.length),
        (lengths) => lengths.every((length) => length >= 50),
      );
      const told = history.records.slice(from).filter((line) => line.kind === 'joined' && line.recovered === false);
      return { 'clients away': gone.length, 'recovered: false': told.length, 'gaps told to applications': gaps.length };
    },
    check(figures) {
      expect(figures['recovered: false']).toBe(figures['clients away']);
      expect(figures['gaps told to applications']).toBe(figures['clients away']);
    },
  });
});
