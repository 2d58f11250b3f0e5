/** A chat server as the documentation of Socket.IO shows it, with one of its three Redis adapters: `stock.mjs <adapter> <port> <redis url>`. */
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const [kind, port, url] = process.argv.slice(2);

async function connected(client) {
  client.on('error', (error) => console.error(error));
  await client.connect();
  return client;
}

// Without a limit: of itself this client gives a command up after 5 s, which the adapters do not catch under overload.
const client = await connected(createClient({ url, commandOptions: { timeout: 0 } }));
const ADAPTERS = {
  classic: async () => createAdapter(client, await connected(client.duplicate())),
  sharded: async () => createShardedAdapter(client, await connected(client.duplicate())),
  streams: async () => createStreamsAdapter(client),
};

const io = new Server({ adapter: await ADAPTERS[kind]() });
io.on('connection', (socket) => {
  socket.on('join', async ({ roomId }) => {
    await socket.join(roomId);
    socket.emit('joined', { roomId });
  });
  socket.on('msg', ({ roomId, text }) => {
    const from = socket.handshake.auth.token;
    io.to(roomId).emit('msg', { roomId, from, text, timestamp: new Date().toISOString() });
  });
});
io.listen(Number(port));
