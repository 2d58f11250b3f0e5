/** nginx reloads its configuration under load: old connections live on until its workers end, then people come back. */
import { test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { untilAllLive } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';

test('a reload of nginx loses nothing', async () => {
  await runFault({
    name: 'nginx-reload',
    async inject({ nginx, crowd, history }) {
      const from = history.records.length;
      const cut = () => history.records.slice(from).filter(({ kind }) => kind === 'disconnect').length;
      const reloadedAt = performance.now();
      process.kill(nginx.pid, 'SIGHUP');
      // Old workers keep their sockets for worker_shutdown_timeout, 30 s.
      await eventually(cut, (count) => count >= crowd.people.length, 60_000);
      const lastCutMs = Math.round(performance.now() - reloadedAt);
      await untilAllLive(crowd);
      return { 'connections cut': cut(), 'last cut after, ms': lastCutMs };
    },
  });
});
