/** The limit: one process without Redis that writes one ready frame to every socket of the room, and does nothing else: `bare.mjs <port>`. */
import { WebSocketServer } from 'ws';

const rooms = new Map();

/** One final, unmasked text frame. */
function textFrame(text) {
  const payload = Buffer.from(text);
  const header = payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(header), payload]);
}

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false });
server.on('connection', (ws, request) => {
  const { socket } = request;
  let name = '';
  ws.on('error', () => undefined);
  ws.on('message', (data) => {
    const { t, roomId, text, token } = JSON.parse(data.toString());
    if (t === 'join') {
      name = token;
      if (!rooms.has(roomId)) rooms.set(roomId, new Set());
      rooms.get(roomId).add(socket);
      ws.once('close', () => rooms.get(roomId).delete(socket));
      ws.send(JSON.stringify({ t: 'joined', roomId }));
      return;
    }
    const message = { t: 'msg', roomId, from: name, text, timestamp: new Date().toISOString() };
    const frame = textFrame(JSON.stringify(message));
    for (const member of rooms.get(roomId) ?? []) member.write(frame);
  });
});
