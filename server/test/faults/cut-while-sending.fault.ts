/** Connections are cut at the very moment of sending: 200 messages at each of four moments, on both doors. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startFrameProxy } from './support/frame-proxy.ts';
import { startImpatientSender } from './support/impatient-sender.ts';
import { runFault } from './support/scenario.ts';
import { createSendCutter, type Moment } from './support/send-cutter.ts';

const CUTS = 200;
const MOMENTS: Moment[] = ['before-write', 'after-write', 'before-ack', 'after-ack'];
const DOORS = ['socketio', 'websocket'] as const;

test.each(MOMENTS)('a connection that is cut %s of a message loses and doubles nothing', async (moment) => {
  const cutter = createSendCutter(moment);
  let url = '';
  await runFault({
    name: `cut-${moment}`,
    async front(nginxUrl) {
      const proxy = await startFrameProxy(nginxUrl, cutter.judge);
      url = proxy.urlOf(0);
      return proxy;
    },
    client: { transports: ['websocket'], backoff: { baseMs: 20, capMs: 100 } },
    // The library finds in the replay what it had sent; these two ask again in any case.
    async inject({ history, rooms: [roomId = ''], nginx }) {
      const start = (door: (typeof DOORS)[number]) =>
        startImpatientSender({ url, restUrl: nginx.url, door, roomId, name: `impatient ${door}`, history });
      const senders = await Promise.all(DOORS.map(start));
      cutter.start(CUTS);
      await eventually(cutter.count, (count) => count === CUTS, 60_000);
      const repeats = await Promise.all(senders.map((sender) => sender.stop()));
      return { ...cutter.figures(), 'repeats answered from the first': repeats.reduce((sum, count) => sum + count, 0) };
    },
    check(figures) {
      const isStoredUnanswered = moment === 'after-write' || moment === 'before-ack';
      const repeats = Number(figures['repeats answered from the first']);
      if (isStoredUnanswered) expect(repeats).toBeGreaterThan(0);
      else if (moment === 'before-write') expect(repeats).toBe(0);
    },
  });
});
