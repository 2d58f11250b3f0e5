/** One node's subscriber in a model run: commands and publications travel in order, unless fate says otherwise. */
import { ChatError } from '../../../src/service/chat-error.ts';
import type { Bus, BusListener } from '../../../src/service/live-ports.ts';
import type { Sim } from './sim.ts';
import type { SimServer } from './sim-server.ts';

export type SimBusDeps = {
  sim: Sim;
  server: SimServer;
  name: string;
  listener: BusListener;
  /** A planted defect: the confirmation does not wait for the server. */
  confirmsEarly?: boolean;
};

/** A bus that a test can cut. */
export interface SimBus extends Bus {
  lose(): void;
  /** Channels the server has for this node. */
  channels: ReadonlySet<string>;
}

type Job = () => void;

/** Behaves as the bus over Redis does, its failures included. */
export function createSimBus({ sim, server, name, listener, confirmsEarly = false }: SimBusDeps): SimBus {
  const wanted = new Set<string>();
  const channels = new Set<string>();
  const waiting = new Set<(error: unknown) => void>();
  const toServer: Job[] = [];
  const fromServer: Job[] = [];
  let isUp = true;

  function travel(queue: Job[], label: string, job: Job): void {
    queue.push(job);
    void sim.step(`${name} ${label}`).then(() => queue.shift()?.());
  }

  const hear = (roomId: string, payload: string) => {
    if (wanted.has(roomId)) listener.message(roomId, Buffer.from(payload));
  };

  server.hearing.add({
    receive(roomId, payload) {
      if (!isUp || !channels.has(roomId)) return;
      const fate = sim.nextFate();
      if (fate === 'lost') return;
      if (fate === 'late') void sim.step(`${name} late`).then(() => hear(roomId, payload));
      else travel(fromServer, 'hears', () => hear(roomId, payload));
      if (fate === 'twice') travel(fromServer, 'hears again', () => hear(roomId, payload));
    },
  });

  function restore(): void {
    isUp = true;
    const roomIds = [...wanted];
    travel(toServer, 'subscribes again', () => {
      for (const roomId of roomIds) if (wanted.has(roomId)) channels.add(roomId);
      travel(fromServer, 'is restored', () => listener.restored(roomIds.filter((roomId) => wanted.has(roomId))));
    });
  }

  return {
    channels,
    async subscribe(roomId) {
      wanted.add(roomId);
      const refuse = () => {
        wanted.delete(roomId);
        return new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
      };
      if (!isUp) {
        await sim.step(`${name} is away`);
        throw refuse();
      }
      await new Promise<void>((resolve, reject) => {
        const fail = () => reject(refuse());
        waiting.add(fail);
        const confirm = () => {
          waiting.delete(fail);
          resolve();
        };
        if (confirmsEarly) confirm();
        travel(toServer, 'subscribes', () => {
          channels.add(roomId);
          travel(fromServer, 'is confirmed', confirm);
        });
      });
    },
    async unsubscribe(roomId) {
      wanted.delete(roomId);
      if (isUp) travel(toServer, 'unsubscribes', () => channels.delete(roomId));
    },
    isAlive: () => isUp,
    lose() {
      isUp = false;
      channels.clear();
      toServer.length = 0;
      fromServer.length = 0;
      for (const fail of waiting) fail(undefined);
      waiting.clear();
      void sim.step(`${name} connects`).then(restore);
    },
    async close() {
      isUp = false;
    },
  };
}
