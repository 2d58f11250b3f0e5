import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Doors, openDoors, until } from '../support/doors.ts';

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

/** A client that speaks Engine.IO by hand, already in the namespace. */
async function rawClient(): Promise<{ ws: WebSocket; got: string[] }> {
  const ws = new WebSocket(`${doors.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const got: string[] = [];
  ws.on('message', (data) => got.push(data.toString()));
  ws.on('error', () => undefined);
  await once(ws, 'open');
  ws.send('40');
  await until(() => got.some((text) => text.startsWith('40')), 'the namespace');
  return { ws, got };
}

it.each([
  ['broken JSON', '42["msg",{'],
  ['a reserved event', '42["disconnect"]'],
  ['an object for an event', '42{"a":1}'],
  ['a name that is no text', '42[{"a":1}]'],
  ['attachments that never come, then text', '451-["msg",{"_placeholder":true,"num":0}]'],
  ['a placeholder beyond its attachments', '451-["msg",{"_placeholder":true,"num":9}]'],
  ['an unknown packet type', '49'],
])('%s is told VALIDATION_FAILED before the connection ends', async (_what, packet) => {
  const { ws, got } = await rawClient();
  const closed = once(ws, 'close');
  ws.send(packet);
  if (packet.startsWith('451')) ws.send(packet.includes('9') ? Buffer.from('x') : '42["ping"]');
  await closed;
  expect(got.at(-1)).toContain('"VALIDATION_FAILED"');
});

it.each([
  ['an event without a name', '42'],
  ['an event without a name that wants an answer', '420'],
  ['an empty event', '42[]'],
  ['a number for a name', '42[7,{}]'],
])('%s is refused or closed, and the door stays open', async (_what, packet) => {
  const { ws, got } = await rawClient();
  ws.send(packet);
  await until(() => got.at(-1)?.includes('VALIDATION_FAILED') === true, 'the refusal');
  ws.terminate();
});

it.each([
  ['an unknown engine packet', 'x'],
  ['an answer that nobody asked for', '4399[1]'],
  ['a binary message out of nowhere', Buffer.from([1, 2, 3])],
  ['another namespace', '40/admin,{}'],
  ['a frame of 70 000 bytes', `42["msg",{"text":"${'x'.repeat(70_000)}"}]`],
  ['32 000 levels', `42["msg",${'['.repeat(32_000)}${']'.repeat(32_000)}]`],
  ['32 000 levels around an attachment', `451-["msg",${'['.repeat(31_000)}${']'.repeat(31_000)}]`],
])('%s does no harm to others', async (_what, packet) => {
  const { ws } = await rawClient();
  const bystander = await rawClient();
  ws.send(packet);
  ws.send(Buffer.from('x'));
  bystander.ws.send('421["ping"]');
  await until(() => bystander.got.includes('431[{"ok":true,"data":{}}]'), 'the answer to the other');
  ws.terminate();
  bystander.ws.terminate();
});

it('a polling body of more than 64 KiB is answered 413', async () => {
  const base = `${doors.url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1));
  const answer = await fetch(`${base}&sid=${sid}`, { method: 'POST', body: `4${'x'.repeat(70_000)}` });
  expect(answer.status).toBe(413);
});

it.each([
  ['EIO=3&transport=polling', 400],
  ['EIO=4&transport=carrier-pigeon', 400],
  ['EIO=4&transport=polling&sid=n1.unknown', 400],
  ['EIO=4&transport=polling&sid=__proto__', 400],
  ['', 400],
])('a handshake with %j is answered %i', async (query, status) => {
  expect((await fetch(`${doors.url}/socket.io/?${query}`)).status).toBe(status);
});
