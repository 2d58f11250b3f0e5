/** A client of `/ws` in 60 lines, for browsers and Node: joins a room, stays in it, loses and doubles nothing. See PROTOCOL.md. */
const WebSocketHere = globalThis.WebSocket ?? (await import('ws')).WebSocket;

/** `show` gets each message once and in order, `tell` what else a person should know (with `joined` or `over`), `event` the other frames. */
export function joinChat({ url, roomId, name, show, tell, event }) {
  const unanswered = new Map();
  let [socket, token, position, seq, isJoined, isOver, failures] = [null, name, undefined, 0, false, false, 0];
  function connect() {
    [socket, isJoined] = [new WebSocketHere(url), false];
    socket.onopen = () => ask('join', { token, after: position });
    socket.onmessage = ({ data }) => hear(JSON.parse(data));
    socket.onerror = () => undefined; // a close follows
    socket.onclose = ({ code }) => {
      if (isOver || (code >= 4400 && code <= 4499)) return tell(`closed (${code})`, 'over');
      if (failures === 0) tell(`no connection to ${url}; trying again until there is one`);
      setTimeout(() => isOver || connect(), Math.random() * Math.min(30_000, 500 * 2 ** failures++)); // full jitter
    };
  }
  const ask = (t, fields, id) => socket.readyState === 1 && socket.send(JSON.stringify({ t, id, roomId, ...fields }));
  const handlers = {
    joined(room) {
      [token, isJoined, failures] = [room.token ?? token, true, 0];
      if (!room.recovered) handlers.resync(room);
      for (const message of room.missed) handlers.msg(message);
      if (room.more) return ask('join', { after: position });
      tell(`${room.me} is in; online: ${room.online.join(', ')}`, 'joined');
      for (const [id, message] of unanswered) ask('msg', message, id); // the same clientMsgId is never stored twice
    },
    msg(message) {
      if (message.seq !== seq + 1) return; // while catching up: a later `joined` will bring it
      [seq, position] = [message.seq, message.id];
      show(message);
    },
    resync(room) {
      if (position !== undefined) tell('some messages are missing here');
      [seq, position] = [room.seq, room.position];
    },
    ack({ id, ok, error }) {
      if (!ok && error.retryable) setTimeout(() => ask('msg', unanswered.get(id), id), error.retryAfterMs ?? 1000);
      else if (unanswered.delete(id) && !ok) tell(`not sent: ${error.message}`);
    },
    error({ re, message, retryable, retryAfterMs }) {
      tell(message);
      if (re === 'join') setTimeout(retryable ? () => socket.onopen() : close, retryAfterMs ?? 1000);
    },
    left: ({ reason }) => close(tell(`no member any more: ${reason}`)),
    drain: ({ reconnectInMs }) => setTimeout((old) => old.close(), reconnectInMs, socket),
  };
  const hear = (frame) => (handlers[frame.t] ?? event)?.(frame);
  function close() {
    isOver = true;
    socket.close();
  }
  function send(text, clientMsgId = crypto.randomUUID()) {
    unanswered.set(clientMsgId, { text, clientMsgId, since: position });
    if (isJoined) ask('msg', unanswered.get(clientMsgId), clientMsgId);
  }
  connect();
  return { send, close };
}
