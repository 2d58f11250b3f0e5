/** A node is killed under load and comes back: its people go elsewhere and are replayed. */
import { test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runFault } from './support/scenario.ts';

test('a killed node loses nothing', async () => {
  await runFault({
    name: 'node-sigkill',
    async inject({ nodes: [node], crowd }) {
      if (node === undefined) throw new Error('no node');
      const killedAt = performance.now();
      await node.process.kill();
      const away = () => crowd.people.filter(({ client }) => client.state.value.status !== 'live').length;
      const affected = await eventually(away, (count) => count > 0);
      await eventually(away, (count) => count === 0, 30_000);
      const liveAgainMs = Math.round(performance.now() - killedAt);
      await node.restart();
      return { 'clients on the node': affected, 'all live again, ms': liveAgainMs };
    },
  });
});
