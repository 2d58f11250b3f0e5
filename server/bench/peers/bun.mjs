/** The fastest that JavaScript has: Bun's native publish, one Redis channel a room between the nodes; neither order nor log: `bun.mjs <port> <redis url>`. */
const { RedisClient, serve } = globalThis.Bun;

const [port, url] = process.argv.slice(2);
const publisher = new RedisClient(url);
const subscriber = new RedisClient(url);
await Promise.all([publisher.connect(), subscriber.connect()]);
const subscribed = new Map();

/** The first member of a room on this node subscribes the node; what arrives goes out as it is. */
function subscribe(roomId) {
  if (!subscribed.has(roomId)) {
    const deliver = (message) => server.publish(roomId, message);
    subscribed.set(roomId, subscriber.subscribe(`chan:${roomId}`, deliver));
  }
  return subscribed.get(roomId);
}

const server = serve({
  hostname: '127.0.0.1',
  port: Number(port),
  fetch(request, own) {
    return own.upgrade(request, { data: { name: '' } })
      ? undefined
      : new Response('a WebSocket, please', { status: 426 });
  },
  websocket: {
    async message(ws, data) {
      const { t, roomId, text, token } = JSON.parse(data);
      if (t === 'join') {
        ws.data.name = token;
        ws.subscribe(roomId);
        await subscribe(roomId);
        ws.send(JSON.stringify({ t: 'joined', roomId }));
        return;
      }
      const message = { t: 'msg', roomId, from: ws.data.name, text, timestamp: new Date().toISOString() };
      publisher.publish(`chan:${roomId}`, JSON.stringify(message));
    },
  },
});
