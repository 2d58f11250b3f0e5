/** Chat in the terminal: `node server/examples/chat.mjs <roomId> <name> [ws://host/ws]`. */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { joinChat } from './chat-client.mjs';

const [roomId, name, url = 'ws://localhost:8080/ws'] = process.argv.slice(2);
if (roomId === undefined || name === undefined) {
  console.error('node server/examples/chat.mjs <roomId> <name> [ws://host/ws]');
  process.exit(2);
}
const show = ({ from, text }) => console.log(`${from}: ${text}`);
const chat = joinChat({ url, roomId, name, show, tell: (line) => console.log(`* ${line}`) });
createInterface({ input: process.stdin })
  .on('line', (line) => chat.send(line))
  .on('close', chat.close);
