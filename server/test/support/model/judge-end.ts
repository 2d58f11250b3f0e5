/** What must be true once everything has come to rest and the audit has looked. */
import type { RoomSnapshot } from '../../../src/service/ports.ts';
import type { Connection } from './connection.ts';
import type { Device } from './device.ts';
import { ROOM } from './sim-server.ts';
import type { World } from './world.ts';

/** Rejects with the first thing that is not as it must be. */
export async function judgeEnd(world: World): Promise<void> {
  const { sim, server, nodes, open } = world;
  if (open.size > 0) throw new Error(`never answered: ${[...open].join(', ')}`);
  judgeDevices(world);
  judgeUnused(world);
  // Whoever is silently out of the feed shows now.
  await server.store.append({ roomId: ROOM, userId: 'host', text: 'the last one' }).catch(() => undefined);
  await server.store.announce(ROOM, server.stamp('host', 'offline'));
  await sim.rest();
  judgeDevices(world);
  for (const { connection } of world.devices) if (connection) nodes[connection.node]?.live.drop(connection);
  await sim.rest();
  for (const node of nodes) judgeSilence(node);
  sim.check();
}

/** A node without a connection in the room has no feed and no subscription for it. */
function judgeUnused({ nodes, devices }: World): void {
  for (const node of nodes) {
    const needs = devices.some(({ connection }) => connection?.isIn && nodes[connection.node] === node);
    if (!needs) judgeSilence(node);
  }
}

function judgeSilence({ name, live, bus }: World['nodes'][number]): void {
  if (live.roomIds().length > 0) throw new Error(`${name} keeps a room for nobody`);
  if (bus.channels.size > 0) throw new Error(`${name} hears a room for nobody`);
}

function judgeDevices({ sim, server, devices, nodes }: World): void {
  const room = server.store.peek(ROOM);
  for (const device of devices) {
    const { connection } = device;
    if (!connection?.isIn) continue;
    if (!room) connection.blame('was not told that the room is gone');
    else if (!room.snapshot.members.includes(connection.userId)) connection.blame('was not told that it is no member');
    else {
      if (!nodes[connection.node]?.live.roomsOf(connection).includes(ROOM)) connection.blame('is out of the feed');
      judgeMessages(device, connection, room);
      judgeMembers(connection, room.snapshot);
    }
  }
  sim.check();
}

type Room = NonNullable<ReturnType<World['server']['store']['peek']>>;

function judgeMessages({ seq, seen, floor }: Device, connection: Connection, { snapshot, log }: Room): void {
  if (seq !== snapshot.seq) connection.blame(`ends at message ${seq} of ${snapshot.seq}`);
  for (const entry of log) {
    if (entry.seq <= floor) continue;
    if (seen.get(entry.seq) !== JSON.parse(entry.data).id) connection.blame(`has not message ${entry.seq} of the log`);
  }
  for (const known of seen.keys()) {
    if (known > snapshot.seq) connection.blame(`has message ${known}, which is lost, and was not told`);
  }
}

function judgeMembers(connection: Connection, snapshot: RoomSnapshot): void {
  const { rev, members, online } = connection;
  if (rev !== snapshot.rev) connection.blame(`stands at revision ${rev} of ${snapshot.rev}`);
  const same = (known: ReadonlySet<string>, truth: readonly string[]) =>
    known.size === truth.length && truth.every((name) => known.has(name));
  if (!same(members, snapshot.members)) connection.blame(`does not know that the members are ${snapshot.members}`);
  if (!same(online, snapshot.online)) connection.blame(`does not know that online are ${snapshot.online}`);
}
