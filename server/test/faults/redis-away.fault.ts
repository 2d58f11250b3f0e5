/** Redis cannot be reached for longer than presence lives: sockets stay open, sends wait, nobody is taken for gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { connectClient } from '../support/test-client.ts';
import { watchAnnouncements } from './support/announcements.ts';
import { probeAnswers } from './support/answer-probe.ts';
import { proxyBeforeRedis } from './support/redis-proxy.ts';
import { runFault } from './support/scenario.ts';

/** Twice as long as presence lives. */
const AWAY_MS = 60_000;
/** Two renewal intervals, presence and its sweep: who was taken for gone by mistake is announced by then. */
const AFTERWARDS_MS = 50_000;

test('a Redis that is away long costs nothing but waiting', async () => {
  const route = proxyBeforeRedis();
  const { figures, verdict } = await runFault({
    name: 'redis-away',
    settings: route.settings,
    rate: 20,
    async inject(scene) {
      const proxy = route.proxy();
      const probe = await probeAnswers(scene);
      const announced = await watchAnnouncements(scene);
      proxy.refuse(true);
      proxy.cut();
      // Longer than anybody may take to say who they are: what cannot be checked is no reason to send them away.
      const newcomer = await connectClient({ url: scene.node('n1').url, door: 'websocket', token: 'newcomer' });
      const refusal = await newcomer.join(scene.rooms[0] ?? '').then(
        () => 'joined',
        (error: Error) => error.message,
      );
      await delay(AWAY_MS);
      const waiting = scene.crowd.people.reduce((sum, { room }) => sum + room.pending.value.length, 0);
      proxy.refuse(false);
      const backAt = performance.now();
      await probe.untilGranted();
      const grantedS = Math.round(performance.now() - backAt) / 1_000;
      const enters = () =>
        newcomer.join(scene.rooms[0] ?? '').then(
          () => true,
          () => false,
        );
      await eventually(enters, (isIn) => isIn, 10_000);
      newcomer.close();
      await delay(AFTERWARDS_MS);
      const { longestMs, refused, lost } = await probe.stop();
      announced.close();
      return {
        'away, s': AWAY_MS / 1_000,
        'a newcomer is told': refusal,
        'requests refused meanwhile': refused.SERVICE_UNAVAILABLE ?? 0,
        'longest answer, ms': longestMs,
        'messages waiting in outboxes': waiting,
        'stored again after its return, s': grantedS,
        'sockets lost': lost,
        'announced offline or gone': announced.offline.length + announced.left.length,
      };
    },
  });
  expect(figures['longest answer, ms']).toBeLessThanOrEqual(3_500);
  expect(figures['a newcomer is told']).toBe('SERVICE_UNAVAILABLE');
  expect(figures['sockets lost']).toBe(0);
  expect(figures['announced offline or gone']).toBe(0);
  expect(verdict.resyncs).toBe(0);
}, 240_000);
