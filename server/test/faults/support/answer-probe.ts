/** Raw clients that ask all the time and measure how long each answer takes, whatever it says. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRoom } from '../../support/rest.ts';
import { connectClient, Refused, type TestClient } from '../../support/test-client.ts';
import type { Scene } from './scenario.ts';

/** What came of all questions. */
export type Answers = {
  longestMs: number;
  granted: number;
  /** Refusals by code; `connection ended` where the answer could not come. */
  refused: Record<string, number>;
};

/** A running probe. */
export interface AnswerProbe {
  /** Answers so far. */
  readonly answers: Answers;
  /** Waits until a question that is asked from now on is granted. */
  untilGranted(withinMs?: number): Promise<void>;
  /** Asks no more, waits for the last answers; says which connections were lost. */
  stop(): Promise<Answers & { lost: number }>;
}

const EVERY_MS = 50;
const DOORS = ['socketio', 'websocket'] as const;

/** One client per node and door, in a room of their own; each asks every 300 ms to store a message or read a page. */
export async function probeAnswers({ nodes }: Pick<Scene, 'nodes'>): Promise<AnswerProbe> {
  const { roomId } = await createRoom(nodes[0]?.url ?? '', 'probe host');
  const clients = await Promise.all(
    nodes.flatMap(({ url, name }) =>
      DOORS.map((door) => arrive(url, { door, token: `probe ${name} ${door}`, roomId })),
    ),
  );
  const answers: Answers = { longestMs: 0, granted: 0, refused: {} };
  const open = new Set<Promise<void>>();
  let turn = 0;

  const timer = setInterval(() => {
    const client = clients[turn % clients.length];
    turn++;
    if (client?.isOpen)
      track(turn % 4 === 0 ? client.history(roomId, { limit: 5 }) : client.send(roomId, `probe ${turn}`));
  }, EVERY_MS);

  function track(question: Promise<unknown>): void {
    const askedAt = performance.now();
    const answered = question
      .then(
        () => void answers.granted++,
        (error: unknown) => {
          const code = error instanceof Refused ? error.error.code : String(error).replace(/^.*?: /, '');
          answers.refused[code] = (answers.refused[code] ?? 0) + 1;
        },
      )
      .finally(() => {
        open.delete(answered);
        answers.longestMs = Math.max(answers.longestMs, Math.round(performance.now() - askedAt));
      });
    open.add(answered);
  }

  return {
    answers,
    async untilGranted(withinMs = 20_000) {
      const before = answers.granted;
      const giveUpAt = performance.now() + withinMs;
      while (answers.granted === before) {
        if (performance.now() > giveUpAt) throw new Error(`nothing was granted within ${withinMs} ms`);
        await delay(10);
      }
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      const lost = clients.filter(({ isOpen }) => !isOpen).length;
      for (const client of clients) client.close();
      return { ...answers, lost };
    },
  };
}

async function arrive(
  url: string,
  { door, token, roomId }: { door: (typeof DOORS)[number]; token: string; roomId: string },
): Promise<TestClient> {
  const client = await connectClient({ url, door, token });
  await client.join(roomId);
  return client;
}
