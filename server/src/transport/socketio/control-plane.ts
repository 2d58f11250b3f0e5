/** Orders that concern connections on every node, carried by Socket.IO's Redis adapter; chat never passes through it. */
import { createAdapter } from '@socket.io/redis-adapter';
import type { Namespace, Server } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import type { Connections } from '../../service/gateway.ts';
import type { ControlPlane, Failures } from '../../service/ports.ts';
import { type AdapterRedis, quietPublisher, steadySubscriber } from './adapter-redis.ts';

const REVOKE = 'revoke';
/** A user script makes session ids far shorter than this. */
const SID_CHARS = 128;

export type ControlPlaneDeps = {
  /** Two connections of its own, since one of them does nothing but listen. `close` does not end them. */
  publisher: AdapterRedis;
  subscriber: AdapterRedis;
  /** Connections of this node, whichever door they came through. */
  connections: Pick<Connections, 'endSession'>;
  failures: Failures;
  /** Prefix of the adapter's channels; nodes hear each other if they share it. */
  channelPrefix?: string;
};

/** The control plane of a node, as it is wired up. */
export interface AttachedControlPlane extends ControlPlane {
  /** From now on the orders of other nodes are heard and ours reach them; before, they act on this node only. */
  attach(io: Server): void;
}

/**
 * At most once: an order given while Redis is away acts on this node alone, and the next renewal ends the session on
 * the others.
 */
export function createControlPlane(deps: ControlPlaneDeps): AttachedControlPlane {
  const { connections, failures, channelPrefix = 'c2c-control' } = deps;
  const publisher = quietPublisher(deps.publisher, failures);
  const subscriber = steadySubscriber(deps.subscriber, failures);
  let server: Server | null = null;

  return {
    attach(io) {
      io.adapter(withoutRooms(createAdapter(publisher, subscriber, { key: channelPrefix })));
      io.on(REVOKE, (sid: unknown) => {
        if (typeof sid === 'string' && sid.length <= SID_CHARS) connections.endSession(sid);
      });
      server = io;
    },
    revoke(sid) {
      // The adapter tells all nodes but the one that speaks.
      connections.endSession(sid);
      server?.serverSideEmit(REVOKE, sid);
    },
  };
}

const NO_ROOMS: Set<string> = new Set();

/** Socket.IO puts each socket into a room of its own: two sets a connection that nothing here ever sends to. */
function withoutRooms(createWithRooms: (nsp: Namespace) => Adapter): (nsp: Namespace) => Adapter {
  // No arrow: it is called with `new`.
  return function createWithoutRooms(nsp) {
    const adapter = createWithRooms(nsp);
    adapter.addAll = (id) => void adapter.sids.set(id, NO_ROOMS);
    return adapter;
  };
}
