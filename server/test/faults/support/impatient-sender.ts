/** Somebody who sends one message after another and repeats each until it is acknowledged, without looking at what a replay brought. */
import { randomUUID } from 'node:crypto';
import type { History } from '../../history/recorder.ts';
import { callApi } from '../../support/rest.ts';
import { connectClient, type TestClient } from '../../support/test-client.ts';
import type { Door } from '../../support/wire.ts';

/** `url` is where to connect; the session is made at `restUrl`. */
export type ImpatientOptions = {
  url: string;
  restUrl: string;
  door: Door;
  roomId: string;
  name: string;
  history: History;
};

/** A running sender; `stop` resolves with the number of repeats that the server answered from the first. */
export interface ImpatientSender {
  stop(): Promise<number>;
}

/** Starts sending as soon as the room is joined. */
export async function startImpatientSender(options: ImpatientOptions): Promise<ImpatientSender> {
  const { url, door, roomId, history } = options;
  const body = { name: options.name };
  const session = await callApi(`${options.restUrl}/api/sessions`, { method: 'POST', body });
  const { token } = session.body.data as { token: string };
  const client = await connectClient({ url, door, token, history, transports: ['websocket'] });
  await client.join(roomId);
  let isStopped = false;
  let repeats = 0;
  const running = (async () => {
    for (let n = 0; !isStopped; n++) {
      const message = { roomId, text: `${options.name} · ${n}`, clientMsgId: randomUUID() };
      if (await sendUntilAcknowledged(client, message)) repeats++;
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await running;
      client.close();
      await client.until(() => !client.isOpen);
      return repeats;
    },
  };
}

type Message = { roomId: string; text: string; clientMsgId: string };

/** Answers whether the acknowledgement was that of an earlier try. */
async function sendUntilAcknowledged(client: TestClient, { roomId, text, clientMsgId }: Message): Promise<boolean> {
  for (;;) {
    const sent = await client.send(roomId, text, { clientMsgId }).catch(() => null);
    if (sent !== null) return sent.duplicate;
    // Cut while it came back: once more.
    await client
      .connect()
      .then(() => client.rejoin(roomId))
      .catch(() => null);
  }
}
