/** People who talk on both doors until they are told to stop, so that there is something to see. */
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { connectRaw, type RawClient } from '../local/cluster/raw-client.ts';

const EVERY_MS = 40;

/** A room with people on each of `nodes`, who write in turn, each tenth message twice; now and then somebody makes another room and leaves. Ends with the test. */
export async function startConversation(nodes: readonly string[]): Promise<void> {
  const over = new AbortController();
  const [first = ''] = nodes;
  const room = await createRoom(first, over.signal);
  const people = await Promise.all([...nodes, ...nodes].map((url) => enter(url, room, over.signal)));
  const talk = (async () => {
    for (let number = 0; !over.signal.aborted; number += 1) {
      const writer = people[number % people.length];
      const clientMsgId = `message-${number - (number % 10 === 9 ? people.length : 0)}`;
      writer?.send({ t: 'msg', roomId: room.roomId, text: `message ${number}`, clientMsgId, id: number + 10 });
      if (number % 50 === 0) (await enter(first, await createRoom(first, over.signal), over.signal)).close();
      await delay(EVERY_MS, undefined, { signal: over.signal });
    }
  })().catch(() => null);
  onTestFinished(async () => {
    over.abort();
    await talk;
    for (const person of people) person.close();
  });
}

type Room = { roomId: string; token: string };

async function createRoom(url: string, signal: AbortSignal): Promise<Room> {
  const answer = await fetch(`${url}/api/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ creatorName: `talker-${process.pid}-${Math.random()}`.slice(0, 20), title: 'talk' }),
    signal,
  });
  return ((await answer.json()) as { data: Room }).data;
}

async function enter(url: string, { roomId, token }: Room, signal: AbortSignal): Promise<RawClient> {
  const client = await connectRaw(url, signal);
  client.send({ t: 'join', roomId, token, id: 1 });
  await client.heard('ack', (event) => event.ok === true);
  return client;
}
