/** Keeps one part of the cluster running: what dies is started again, with back-off and a line that says so. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../services/redis.ts';
import { bad, good, say } from './terminal.ts';

/** One part: how it is started (on the same port each time) and what to do when its process changes. */
export type Part = {
  name: string;
  start(onSpawn: (pid: number) => void): Promise<Service>;
  changed(pid: number | null): void;
};

/** A part under watch. */
export type Keeper = {
  name: string;
  /** Rejects if it does not start; from then on it is watched. */
  start(): Promise<Service>;
  /** Ends it in order and starts it again; if it does not come back, rejects and goes on trying. */
  restart(): Promise<void>;
  /** Ends it, also in the middle of its start, and leaves it so. */
  stop(): Promise<void>;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STABLE_MS = 60_000;

/** `signal` says that everything ends: no pause, no restart after it. */
export function createKeeper(part: Part, signal: AbortSignal): Keeper {
  let service: Service | null = null;
  let starting: Promise<Service> | null = null;
  let isWanted = true;
  let pause = { milliseconds: 0, atMs: Number.NEGATIVE_INFINITY };

  async function start(): Promise<Service> {
    starting = part.start((pid) => part.changed(pid));
    try {
      const started = await starting;
      service = started;
      void watch(started);
      return started;
    } finally {
      starting = null;
    }
  }

  async function watch(watched: Service): Promise<void> {
    const { code, signal: killer } = await watched.exited;
    if (service !== watched || !isWanted) return;
    service = null;
    part.changed(null);
    await revive(killer ?? `exit code ${code}`);
  }

  async function revive(how: string): Promise<void> {
    const isCalm = performance.now() - pause.atMs > STABLE_MS;
    const milliseconds = isCalm ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause.milliseconds * 2);
    pause = { milliseconds, atMs: performance.now() };
    say(bad(`${part.name} has ended (${how}); starting it again in ${milliseconds / 1000} s`));
    await delay(milliseconds, undefined, { signal }).catch(() => null);
    if (!isWanted || signal.aborted) return;
    try {
      const { pid } = await start();
      say(good(`${part.name} is back (process ${pid})`));
    } catch (error) {
      if (isWanted && !signal.aborted) await revive(error instanceof Error ? error.message : String(error));
    }
  }

  async function stop(): Promise<void> {
    isWanted = false;
    const ending = service ?? (await starting?.catch(() => null));
    await ending?.stop();
    service = null;
    part.changed(null);
  }

  return {
    name: part.name,
    start,
    stop,
    async restart() {
      await stop();
      signal.throwIfAborted();
      isWanted = true;
      try {
        await start();
      } catch (error) {
        void revive('it did not come back');
        throw error;
      }
    },
  };
}
