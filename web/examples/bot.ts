/**
 * A bot that answers `!echo …` and `!time` in a room, survives restarts of the server and never answers twice:
 * `npx tsx web/examples/bot.ts http://localhost:8080 abc12345 [name]`
 */
import { createClient, type Room } from '@c2c/web/client';
import WebSocket from 'ws';

const [url, roomId, name = 'bot'] = process.argv.slice(2);
if (url === undefined || roomId === undefined) {
  console.error('usage: bot.ts <url> <roomId> [name]');
  process.exit(2);
}

const client = createClient({ url, name, WebSocket, reclaim: true, locale: 'en' });
client.state.subscribe((state) => console.error(describe(state)));

const room = await client.join(roomId);
console.error(`in ${room.roomId} as ${room.facts.value.me} with ${room.roster.value.memberCount} members`);
room.events.subscribe((event) => {
  if (event.type === 'gap') console.error(`may have missed messages: ${event.reason}`);
  if (event.type === 'message' && event.message.from !== room.facts.value.me) answer(room, event.message.text);
});
room.state.subscribe((state) => {
  if (state.status === 'left' || state.status === 'refused') stop(`room is over: ${state.status}`);
});
process.once('SIGINT', () => {
  // A bot that goes away for good leaves; one that is restarted would come back as the same member by its token.
  room.leave().then(
    () => stop('left'),
    (error: unknown) => stop(String(error)),
  );
});

function answer(to: Room, text: string): void {
  const reply = replyTo(text);
  if (reply === null) return;
  const sent = to.send(reply);
  sent.state.subscribe((state) => {
    if (state.status === 'failed') console.error(`could not answer: ${state.error.code}`);
  });
}

function replyTo(text: string): string | null {
  if (text.startsWith('!echo ')) return text.slice('!echo '.length);
  return text === '!time' ? new Date().toISOString() : null;
}

function describe(state: { status: string; retryAtMs?: number }): string {
  const wait = state.retryAtMs === undefined ? '' : ` for ${state.retryAtMs - Date.now()} ms`;
  return `${state.status}${wait}`;
}

function stop(reason: string): void {
  console.error(reason);
  client.close();
}
