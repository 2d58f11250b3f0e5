/** A node is asked to end under load: newcomers are sent elsewhere, its people follow spread over the window. */
import { expect, test } from 'vitest';
import { createRoom } from '../support/rest.ts';
import { probeHandshakes } from './support/handshake-probe.ts';
import { startIdleSockets } from './support/idle-sockets.ts';
import { watchOffline } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';
import { peakToAverage } from './support/spread.ts';

const LISTENERS = 240;

test('a drained node sends everybody elsewhere without a loss, evenly spread', async () => {
  await runFault({
    name: 'node-sigterm',
    settings: { env: { DRAIN_WINDOW_MS: '20000' } },
    async inject({ node, nginx, crowd }) {
      const { url, process } = node('n1');
      const { roomId } = await createRoom(nginx.url, 'drained');
      const listeners = await startIdleSockets({
        ...{ count: LISTENERS, url, elsewhere: nginx.url, roomId, name: 'listener' },
      });
      const offline = watchOffline(crowd);
      const [direct, through] = [probeHandshakes(url), probeHandshakes(nginx.url)];
      const startedAt = performance.now();
      await process.stop(30_000);
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      const [atNode, atNginx] = await Promise.all([direct.stop(), through.stop()]);
      await node('n1').restart();
      const { reconnects } = listeners;
      listeners.close();
      return {
        'node gone after, s': seconds,
        'sent elsewhere': reconnects.length,
        'reconnects, peak ÷ average': peakToAverage(reconnects),
        'handshakes answered 503 by the node': atNode['503'] ?? 0,
        'handshakes let in by the node': atNode['200'] ?? 0,
        'handshakes through nginx': atNginx['200'] ?? 0,
        'refused through nginx': sum(atNginx) - (atNginx['200'] ?? 0),
        'clients without a connection meanwhile': offline.count(),
      };
    },
    check(figures) {
      expect(figures['node gone after, s']).toBeLessThanOrEqual(25);
      expect(figures['sent elsewhere']).toBe(LISTENERS);
      expect(figures['reconnects, peak ÷ average']).toBeLessThanOrEqual(1.5);
      expect(figures['handshakes answered 503 by the node']).toBeGreaterThan(0);
      expect(figures['refused through nginx']).toBe(0);
    },
  });
});

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
