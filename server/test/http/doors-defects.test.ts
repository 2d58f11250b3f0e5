/** A defect while a request is taken ends that connection, in a way that makes clients come back, and no other. */
import { expect, it } from 'vitest';
import { nextEvent, openDoors } from '../support/doors.ts';

it('a defect closes its connection with 4005 on /ws, as a lost one on Socket.IO, and is reported', async () => {
  const doors = await openDoors();
  const [raw, bystander] = [await doors.websocketClient(), await doors.websocketClient()];
  const stock = doors.socketioClient({ auth: { token: 'good' } });
  await nextEvent(stock, 'connect');

  const code = raw.closeCode();
  raw.send({ t: 'explode', id: 1 });
  expect(await code).toBe(4005);
  const reason = nextEvent(stock, 'disconnect');
  stock.emit('explode', {});
  expect(await reason).toBe('transport close');

  bystander.send({ t: 'ping', id: 1 });
  expect(await bystander.next()).toMatchObject({ ok: true });
  expect(doors.failures.map(({ stage }) => stage)).toEqual(['transport.websocket', 'transport.socketio']);
  await doors.close();
});
