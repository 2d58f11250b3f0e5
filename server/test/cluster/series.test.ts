/** What rooms and people cost Prometheus: nothing, however many there are. `C2C_ROOMS=10000` makes as many as that. */
import { expect, inject, it } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

const { urls } = inject('cluster');
const ROOMS = Number(process.env.C2C_ROOMS ?? 400);
const AT_ONCE = 20;
const MOST_SERIES = 2_000;
/** A command that was not needed at first brings 17; one series a room would be more. */
const MOST_GROWTH = 250;

it('the series of a node do not grow with the rooms it serves', { timeout: 600_000 }, async () => {
  const people = gatherPeople();
  const [url = ''] = urls;
  const clients = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) =>
      people.connect(`손님${n}`, { url, door: n % 2 ? 'socketio' : 'websocket' }),
    ),
  );
  const used: string[] = [];
  const useRooms = async (count: number) => {
    let left = count;
    const visit = async (client: (typeof clients)[number]): Promise<void> => {
      while (left-- > 0) {
        const { roomId } = await createRoom(url, people.nameOf('방장'));
        used.push(roomId);
        await client.join(roomId);
        await client.send(roomId, '안녕');
        await client.leave(roomId);
      }
    };
    await Promise.all(clients.map(visit));
  };
  const page = async () => (await fetch(`${url}/metrics`)).text();
  const seriesIn = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;

  await useRooms(AT_ONCE);
  const few = seriesIn(await page());
  await useRooms(ROOMS - AT_ONCE);
  const text = await page();

  expect(used.length).toBe(ROOMS);
  expect(seriesIn(text)).toBeLessThan(MOST_SERIES);
  expect(seriesIn(text) - few).toBeLessThan(MOST_GROWTH);
  expect(used.filter((roomId) => text.includes(roomId))).toEqual([]);
  expect(text).not.toContain(people.nameOf('손님0'));
});
