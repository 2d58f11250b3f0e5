/** Holds the installed `ws` to what `WebsocketPeer.deliver` takes for granted. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchOf } from '../../src/fanout/frame.ts';
import { type Doors, openDoors, until } from '../support/doors.ts';
import { frameOf, numberedFrames } from '../support/frames.ts';

let doors: Doors;
beforeEach(async () => {
  doors = await openDoors();
});
afterEach(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

describe('ready frames on /ws', () => {
  it('arrive whole and in order among what goes through ws', async () => {
    const client = await doors.websocketClient();
    const peer = doors.gateway.lastPeer();
    for (let n = 1; n <= 700; n += 7) {
      peer.deliver(numberedFrames(2, n));
      peer.emit('error', { n: n + 2 } as never);
      peer.deliver(batchOf([frameOf('test', { n: n + 3, pad: '가'.repeat(n) })]));
      peer.deliver(batchOf([]));
      peer.deliver(batchOf([frameOf('test', { n: n + 4, pad: '가'.repeat(30_000) })]));
      peer.emit('error', { n: n + 5 } as never);
      peer.emit('error', { n: n + 6 } as never);
    }
    for (let n = 1; n <= 700; n++) expect(await client.next()).toMatchObject({ n });
  });

  it.each([
    ['on', 1],
    ['off', 2],
  ] as const)('%s: go out as bytes or as texts', async (FANOUT_FAST_PATH, n) => {
    await doors.close();
    doors = await openDoors({ FANOUT_FAST_PATH });
    const client = await doors.websocketClient();
    const { websocketBytes } = batchOf([frameOf('test', { n: 1 })]);
    doors.gateway.lastPeer().deliver({ ...batchOf([]), frames: [frameOf('test', { n: 2 })], websocketBytes });
    expect(await client.next()).toMatchObject({ t: 'test', n });
  });

  it('do not mix with compression: none is ever agreed on', async () => {
    const client = await doors.websocketClient({ perMessageDeflate: true });
    expect(client.ws.extensions).toBe('');
  });

  it('are dropped once the connection is closing or gone', async () => {
    const client = await doors.websocketClient();
    const peer = doors.gateway.lastPeer();
    peer.close('SERVER_DRAINING');
    peer.deliver(numberedFrames(3));
    expect(await client.closeCode()).toBe(4000);
    await until(() => doors.websocket.count() === 0, 'the end');
    peer.deliver(numberedFrames(3));
    peer.close('INTERNAL');
    expect(peer.pendingBytes()).toBe(0);
  });

  it('are counted while they wait for a reader that has stalled, and given up when it is cut', async () => {
    const client = await doors.websocketClient();
    const connection = doors.gateway.connections.at(-1);
    client.ws.pause();
    const batch = batchOf([frameOf('test', { pad: 'x'.repeat(60_000) })]);
    const peer = doors.gateway.lastPeer();
    await until(() => {
      for (let index = 0; index < 20; index++) peer.deliver(batch);
      return peer.pendingBytes() > 1_000_000;
    }, 'a backlog');
    peer.close('SLOW_CONSUMER');
    await until(() => connection?.isClosed === true, 'the end');
    expect(peer.pendingBytes()).toBe(0);
  });
});
