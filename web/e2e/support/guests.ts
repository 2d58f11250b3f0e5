/** People without a browser, on the client library: company for whoever sits at a page. */
import WebSocket from 'ws';
import { type Client, createClient, type Room } from '../../src/net/client.ts';

/** One of them, in the room. */
export type Guest = { client: Client; room: Room };

/** Names enter a room, a few at a time. */
export async function inviteGuests(link: string, names: readonly string[]): Promise<Guest[]> {
  const { origin, pathname } = new URL(link);
  const roomId = pathname.split('/').at(-1) ?? '';
  const guests: Guest[] = [];
  for (let next = 0; next < names.length; next += AT_ONCE) {
    const some = names.slice(next, next + AT_ONCE).map(async (name) => {
      const client = createClient({ url: origin, WebSocket, name, door: 'websocket', keepMessages: 10 });
      return { client, room: await client.join(roomId) };
    });
    guests.push(...(await Promise.all(some)));
  }
  return guests;
}

/** Says something and waits until it is stored. */
export async function saying({ room }: Guest, text: string): Promise<void> {
  const { status } = await room.send(text).settled;
  if (status !== 'sent') throw new Error(`"${text.slice(0, 40)}" is ${status}`);
}

/** Ends the membership of a room whose page is not open, as from another device. `token` is the member's. */
export async function leaveElsewhere(link: string, token: string): Promise<void> {
  const { origin, pathname } = new URL(link);
  const client = createClient({ url: origin, WebSocket, token });
  const room = await client.join(pathname.split('/').at(-1) ?? '');
  await room.leave();
  client.close();
}

const AT_ONCE = 20;
