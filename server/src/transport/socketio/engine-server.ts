/** Engine.IO and Socket.IO as we run them: every option that differs from the default, and why. */
import { Server as EngineServer } from 'engine.io';
import { Server } from 'socket.io';
import { LIMITS } from '../../protocol/index.ts';
import { createConnectionId } from '../connection-id.ts';
import type { DoorConfig } from '../door.ts';
import type { OriginRule } from '../origins.ts';

/** An engine that listens to nothing by itself: the front door hands it requests and upgrades. */
export function createEngine(config: DoorConfig, origins: Pick<OriginRule, 'allowed'>): EngineServer {
  const engine = new EngineServer({
    pingInterval: config.PING_INTERVAL_MS,
    pingTimeout: config.PING_TIMEOUT_MS,
    maxHttpBufferSize: LIMITS.payloadBytes,
    transports: ['polling', 'websocket'],
    allowEIO3: false,
    // Both cost memory per connection, and frames that are encoded once for everybody cannot be compressed.
    perMessageDeflate: false,
    httpCompression: false,
    ...(origins.allowed === null ? {} : { cors: { origin: origins.allowed === '*' ? '*' : [...origins.allowed] } }),
  });
  // nginx finds the node of a session by what stands before the dot, so clients need no cookies.
  engine.generateId = () => createConnectionId(config.NODE_ID);
  return engine;
}

/** Socket.IO on that engine. Recovery stays off: it does not work over Redis Pub/Sub, and `after` does more. */
export function createIo(engine: EngineServer, config: DoorConfig): Server {
  const io = new Server({ serveClient: false, connectTimeout: config.AUTH_DEADLINE_MS });
  io.bind(engine);
  return io;
}
