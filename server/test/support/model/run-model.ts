/** One model run from an empty room to its end: deeds among scheduled steps, rest, audit, and what must be true then. */
import type fc from 'fast-check';
import { vi } from 'vitest';
import { type Command, DEVICES, type Deed, NODES, type Plan } from './commands.ts';
import { Connection } from './connection.ts';
import { Device } from './device.ts';
import { judgeEnd } from './judge-end.ts';
import { Sim } from './sim.ts';
import { type Defects, expected, SimNode } from './sim-node.ts';
import { ROOM, SimServer } from './sim-server.ts';
import type { World } from './world.ts';

/** Two tabs of one user, and two others. */
const USERS = ['anna', 'anna', 'bora', 'chul'];

/** The audit looks twice before it believes, and what it repairs may show more. */
const AUDITS = 4;

/** Runs the plan; rejects with what is wrong and the wire of the connection that saw it. */
export async function runModel(scheduler: fc.Scheduler, plan: Plan, defects: Defects = {}): Promise<void> {
  vi.clearAllTimers();
  const sim = new Sim(scheduler, plan.luck);
  const server = new SimServer(sim);
  const nodes = Array.from({ length: NODES }, (_, i) => new SimNode(`node${i}`, { sim, server, defects }));
  const devices = Array.from(
    { length: DEVICES },
    (_, i) => new Device<Connection>(`device${i}`, USERS[i] ?? '', server),
  );
  const world: World = { sim, server, nodes, devices, open: new Set() };
  await begin(world, plan);
  for (const command of plan.commands) {
    act(world, command);
    sim.check();
    for (let i = 0; i < command.steps; i++) await sim.advance();
  }
  sim.isCalm = true;
  await sim.rest();
  await audit(world);
  await judgeEnd(world);
}

async function begin(world: World, { joined, sent }: Plan): Promise<void> {
  const { sim, server } = world;
  server.create();
  sim.isCalm = true;
  for (let i = 0; i < joined; i++) act(world, { do: 'join', device: i, node: i % NODES, gives: false, steps: 0 });
  await sim.rest();
  for (let i = 0; i < sent; i++) say(server, 'host');
  await sim.rest();
  sim.isCalm = false;
}

/** Two looks, and two more for what the repair may have shown. */
export async function audit({ sim, nodes, open }: Pick<World, 'sim' | 'nodes' | 'open'>): Promise<void> {
  for (let i = 0; i < AUDITS; i++) {
    for (const node of nodes) track(open, `audit ${node.name}`, node.audit());
    await sim.rest();
  }
}

/** The room's host, who has no connection, says something without delay. */
export function say(server: SimServer, userId: string): void {
  server.store.append({ roomId: ROOM, userId, text: '안녕' }).catch(expected);
}

let lastConnection = 0;

function act(world: World, command: Command): void {
  const { nodes, devices } = world;
  if ('device' in command) {
    const device = devices[command.device];
    if (device) use(world, device, command);
  } else if ('node' in command) {
    const node = nodes[command.node];
    if (command.do === 'lose') node?.bus.lose();
    else if (node) track(world.open, 'audit', node.audit().catch(expected));
  } else {
    strike(world, command);
    for (const { connection } of devices) connection?.lookBack();
  }
}

/** What befalls the server. */
function strike(
  { server, nodes }: World,
  deed: Extract<Deed, { do: 'restart' | 'trim' | 'destroy' | 'recreate' }>,
): void {
  if ('lost' in deed) {
    server.restart(deed.lost);
    for (const node of nodes) node.bus.lose();
  } else if ('keep' in deed) server.store.trim(ROOM, deed.keep);
  else if (deed.do === 'destroy') server.store.destroy(ROOM);
  else server.create();
}

function use(world: World, device: Device<Connection>, command: Command & { device: number }): void {
  const { sim, server, nodes, open } = world;
  if (command.do === 'join') {
    device.connection ??= new Connection(
      device,
      { id: `${device.name}.${++lastConnection}`, node: command.node },
      { sim, server },
    );
    const node = nodes[device.connection.node];
    const after = command.gives ? device.after : undefined;
    if (node) track(open, `${device.connection.id} join`, node.join(device.connection, after));
    return;
  }
  const { connection } = device;
  const node = connection && nodes[connection.node];
  if (!connection || !node) return;
  if (command.do === 'send') {
    const append = () => server.store.append({ roomId: ROOM, userId: device.userId, text: '안녕' });
    track(
      open,
      'send',
      server.call(`${device.name} send`, append).then(() => undefined, expected),
    );
  } else if (command.do === 'leave') track(open, `${connection.id} leave`, node.leave(connection));
  else if (command.do === 'disconnect') {
    connection.isOpen = false;
    device.connection = null;
    node.live.drop(connection);
  } else {
    const announce = () =>
      server.store.announce(ROOM, server.stamp(device.userId, command.do === 'online' ? 'online' : 'offline'));
    track(
      open,
      'status',
      server.call(`${device.name} status`, announce).then(() => undefined, expected),
    );
  }
}

let lastRequest = 0;

function track(open: Set<string>, what: string, request: Promise<void>): void {
  const key = `${what} #${++lastRequest}`;
  open.add(key);
  request.then(
    () => open.delete(key),
    (error: unknown) => open.add(`${key} failed: ${String(error)}`),
  );
}
