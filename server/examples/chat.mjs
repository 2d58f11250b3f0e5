/** Chat in the terminal: `node server/examples/chat.mjs <roomId> <name or token> [ws://host/ws]`. */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { joinChat } from './chat-client.mjs';

const [roomId, name, url = 'ws://localhost:8080/ws'] = process.argv.slice(2);
if (roomId === undefined || name === undefined || !URL.canParse(url)) {
  console.error('node server/examples/chat.mjs <roomId> <name or token> [ws://host/ws]');
  process.exit(2);
}
const QUIET = new Set(['user_joined', 'user_left', 'presence', 'members', 'room_stats', 'typing', 'reads', 'pong']);
let [wasIn, isLeaving] = [false, false];

function tell(line, what) {
  console.log(`* ${line}`);
  if (what === 'over') process.exit(isLeaving ? 0 : 1);
  if (what === 'joined' && !wasIn) {
    wasIn = true;
    console.log('* type a message and press Enter');
  }
}
const show = ({ from, text }) => console.log(`${from}: ${text}`);
const event = ({ t, ...fields }) => QUIET.has(t) || console.log(`* event ${t}: ${JSON.stringify(fields)}`);
const chat = joinChat({ url, roomId, name, show, tell, event });
createInterface({ input: process.stdin })
  .on('line', (line) => chat.send(line))
  .on('close', () => {
    isLeaving = true;
    chat.close();
  });
