/** What one message costs Redis: one client command, however many people and nodes are in the room. */
import type { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openAdmin } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

const { urls, redisUrl } = inject('cluster');
const admin = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

const MESSAGES = 1_000;
const BACKGROUND_CANARIES = 12;
type Line = { atS: number; command: string; key: string; words: string };

/** All commands of clients (not those that scripts run), as MONITOR tells them. */
async function monitorClients(): Promise<{ lines: Line[]; close(): void }> {
  const lines: Line[] = [];
  const monitor: Redis = await admin.monitor();
  monitor.on('monitor', (time: string, args: string[], source: string) => {
    if (source === 'lua') return;
    const [command = '', key = ''] = args;
    lines.push({ atS: Number(time), command: command.toLowerCase(), key, words: args.join(' ') });
  });
  return { lines, close: () => monitor.disconnect() };
}

describe('a message sent in one room', () => {
  it('costs Redis one client command', async () => {
    const people = gatherPeople();
    const { roomId } = await createRoom(urls[0] ?? '', people.nameOf('방장'));
    const clients = await Promise.all(
      urls.flatMap((url, node) =>
        (['socketio', 'websocket'] as const).map((door) => people.connect(`손님${node}${door}`, { url, door })),
      ),
    );
    for (const client of clients) await client.join(roomId);
    const { lines, close } = await monitorClients();

    const isCanary = ({ command, key }: Line) => command === 'publish' && key.startsWith('chan:') === false;
    await eventually(
      () => lines.filter(isCanary).length,
      (count) => count >= BACKGROUND_CANARIES,
      30_000,
    );
    // The cluster is shared: what concerns neither this room nor its people (sweeps, canaries) is nobody's message.
    const suffix = people.nameOf('').trim();
    const isOurs = ({ words }: Line) => words.includes(roomId) || words.includes(suffix);
    const background = lines.filter(isOurs);
    lines.length = 0;
    const seconds = (some: readonly Line[]) => (some.at(-1)?.atS ?? 0) - (some[0]?.atS ?? 0);
    const perSecond = background.length / seconds(background);

    for (let n = 0; n < MESSAGES; n++) await clients[n % clients.length]?.send(roomId, `${n} 얼마일까`);
    await people.settle();
    await admin.echo('barrier');
    await eventually(
      () => lines.findIndex(({ command }) => command === 'echo'),
      (index) => index >= 0,
    );
    close();

    const during = lines.filter(isOurs);
    const cost = (during.length - perSecond * seconds(during)) / MESSAGES;
    process.stdout.write(
      `Redis client commands per message: ${cost.toFixed(3)} ` +
        `(${during.length} for ${MESSAGES} messages; background ${perSecond.toFixed(1)}/s over ${seconds(during).toFixed(1)} s)\n`,
    );
    expect(during.filter(({ command }) => command === 'evalsha' || command === 'eval').length).toBeGreaterThanOrEqual(
      MESSAGES,
    );
    expect(cost).toBeGreaterThan(0.9);
    expect(cost).toBeLessThan(1.1);
  });
});
