/** Who goes next: each command of each node waits until it is chosen, and a node may die between any two of its own. */
import type { RedisCommands } from '../../../src/store/redis-commands.ts';

/** Commands of one node, as its stores see them. */
export interface SteppedNode {
  readonly commands: RedisCommands;
  readonly isDead: boolean;
}

/** One run's order of commands. */
export interface Stepper {
  /** A node whose commands go to `commands`, in the order in which it sent them. `onDeath` is called once. */
  node(commands: RedisCommands, onDeath: () => void): SteppedNode;
  /** Whoever is next to run such a command dies: it may have been sent or not, and nobody is left to hear the answer. */
  killBefore(command: string): void;
  /** Whoever is next to run such a command waits with it until `goOn` or `drain`. */
  holdBefore(command: string): void;
  goOn(): void;
  /** Runs at most `count` commands; ends early when nobody waits. */
  run(count: number): Promise<void>;
  /** Runs until nobody waits; who was held goes on. */
  drain(): Promise<void>;
}

type Sent = { command: string; run: () => Promise<void> };
type Line = { sent: Sent[]; isDead: boolean; isHeld: boolean; onDeath: () => void };

const MOST_STEPS = 50_000;
const immediate = setImmediate;

/** `random` decides between the nodes: the same numbers, the same order. */
export function createStepper(random: () => number): Stepper {
  const lines: Line[] = [];
  const deadly = new Set<string>();
  const holding = new Set<string>();

  function goOn(): void {
    holding.clear();
    for (const line of lines) line.isHeld = false;
  }

  async function step(): Promise<boolean> {
    // What was answered leads to the next command at the end of a turn or two.
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => immediate(resolve));
    const waiting = lines.filter(({ sent, isHeld }) => sent.length > 0 && !isHeld);
    const line = waiting[Math.floor(random() * waiting.length)];
    const command = line?.sent[0]?.command;
    if (!line || command === undefined) return false;
    if (!line.isDead && deadly.delete(command)) kill(line);
    else if (!line.isDead && holding.delete(command)) line.isHeld = true;
    else await line.sent.shift()?.run();
    return true;
  }

  function kill(line: Line): void {
    line.isDead = true;
    line.sent.splice(Math.floor(random() * (line.sent.length + 1)));
    line.onDeath();
  }

  function send<T>(line: Line, command: string, run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (line.isDead) return;
      const settle = async () => {
        const [outcome] = await Promise.allSettled([run()]);
        if (line.isDead) return;
        if (outcome.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome.reason);
      };
      line.sent.push({ command, run: settle });
    });
  }

  return {
    node(commands, onDeath) {
      const line: Line = { sent: [], isDead: false, isHeld: false, onDeath };
      lines.push(line);
      return {
        commands: {
          breakerState: () => 'closed',
          run: (script, keys, args) => send(line, script.name, () => commands.run(script, keys, args)),
          pipeline: (plain) => send(line, String(plain[0]?.[0]), () => commands.pipeline(plain)),
        },
        get isDead() {
          return line.isDead;
        },
      };
    },
    async run(count) {
      for (let i = 0; i < count; i++) if (!(await step())) return;
    },
    killBefore: (command) => void deadly.add(command),
    holdBefore: (command) => void holding.add(command),
    goOn,
    async drain() {
      goOn();
      for (let i = 0; i < MOST_STEPS; i++) if (!(await step())) return;
      throw new Error('the nodes do not come to rest');
    },
  };
}
