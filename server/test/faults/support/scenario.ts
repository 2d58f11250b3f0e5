/** One fault from start to verdict: a cluster under load, the fault, quiet, and the check of everybody's history. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientOptions, createRestClient } from '@c2c/web/client';
import { checkHistory } from '../../history/checker.ts';
import { createHistory, type History } from '../../history/recorder.ts';
import { formatVerdict, type Verdict } from '../../history/verdict.ts';
import { type Crowd, gatherCrowd, type Person } from './crowd.ts';
import { defectsIn } from './defects.ts';
import { createLoad, type Load } from './load.ts';
import { untilQuiet } from './quiet.ts';
import { chooseSeed, seededRandom } from './random.ts';
import { type Figures, openRow, ROWS_FOLDER, writeRow } from './rows.ts';
import { watchTimelines } from './timelines.ts';
import { startWorld, type World, type WorldSettings } from './world.ts';

/** A way to nginx that a fault puts before its clients, to cut it. */
export type Front = { urlOf(client: number): string; close(): Promise<void> };

/** What a fault's `inject` works on. The load is running when it is called, and goes on unless paused. */
export type Scene = World & {
  crowd: Crowd;
  load: Load;
  history: History;
  rooms: readonly string[];
  seed: number;
  random(): number;
};

/** A fault. Times in ms; `name` is that of its file. */
export type Fault = {
  name: string;
  settings?: WorldSettings;
  /** 24: half Socket.IO, half /ws. */
  clients?: number;
  /** 4. */
  rooms?: number;
  /** Messages a second in total: 40. */
  rate?: number;
  /** Load before the fault: 2 000. */
  warmupMs?: number;
  /** Load after it: 2 000. */
  aftermathMs?: number;
  /** How long it may take until all is quiet: 40 000. A timeline holds 2 000 messages: who sends more sets `client.keepMessages`. */
  settleMs?: number;
  /** Options of the clients on top of the usual ones. */
  client?: Partial<ClientOptions>;
  /** Length to which messages are filled up: 0. */
  textLength?: number;
  front?: (nginxUrl: string) => Promise<Front>;
  /** Who never writes. */
  isSilent?: (person: Person) => boolean;
  /** Rooms may end (the data was lost): who is told so needs nothing more. */
  mayEnd?: boolean;
  /** Sends that fail for good are part of the fault; else there must be none. */
  mayFail?: boolean;
  /** Lines of a node's log that look like a defect and belong to the fault. */
  isExpectedInLog?: (line: string) => boolean;
  inject(scene: Scene): Promise<Figures>;
  /** Throws where the figures are not what they must be. */
  check?: (figures: Figures) => void;
};

/** What a fault has shown. */
export type Outcome = { verdict: Verdict; figures: Figures };

/** Runs a fault; rejects with all that went against the promise, and keeps the history then. */
export async function runFault(fault: Fault): Promise<Outcome> {
  const seed = chooseSeed();
  const startedAt = performance.now();
  openRow(fault.name, seed);
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => void rejections.push(reason);
  process.on('unhandledRejection', onRejection);
  const world = await startWorld(fault.settings);
  try {
    const { scene, figures, wrongs } = await play(fault, { world, seed });
    const verdict = checkHistory(scene.history.records);
    const problems = [
      ...verdict.findings.map(({ violation, text }) => `${violation}: ${text}`),
      ...wrongs,
      ...rejections.map((reason) => `unhandled rejection: ${String(reason)}`),
      ...defectsIn(world.nodes, fault.isExpectedInLog),
    ];
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const line = formatVerdict(verdict);
    process.stdout.write(`${fault.name} (seed ${seed}, ${seconds} s): ${line}\n  ${JSON.stringify(figures)}\n`);
    writeRow({ fault: fault.name, verdict: line, isKept: problems.length === 0, figures, seed, seconds });
    if (problems.length > 0) throw new Error(complaint(fault.name, problems, scene));
    return { verdict, figures };
  } finally {
    process.off('unhandledRejection', onRejection);
    await world.stop();
  }
}

async function play(fault: Fault, { world, seed }: { world: World; seed: number }) {
  const random = seededRandom(seed);
  const history = createHistory();
  const front = await fault.front?.(world.nginx.url);
  const rooms = await createRooms(world.nginx.url, fault.rooms ?? 4);
  const crowd = await gatherCrowd({
    ...{
      size: fault.clients ?? 24,
      rooms,
      history,
      random,
      client: fault.client ?? {},
      textLength: fault.textLength ?? 0,
    },
    urlOf: (index) => front?.urlOf(index) ?? world.nginx.url,
  });
  const timelines = watchTimelines(crowd);
  const load = createLoad(crowd, {
    rate: fault.rate ?? 40,
    random,
    ...(fault.isSilent && { isSilent: fault.isSilent }),
  });
  const scene: Scene = Object.assign(Object.create(world), { crowd, load, history, rooms, seed, random });
  try {
    load.start();
    await delay(fault.warmupMs ?? 2_000);
    const { value: figures = {}, wrongs: broken } = await attempt(() => fault.inject(scene));
    await delay(fault.aftermathMs ?? 2_000);
    load.pause();
    const quiet = untilQuiet(crowd, { withinMs: fault.settleMs ?? 40_000, mayEnd: fault.mayEnd ?? false });
    const { wrongs: unrest } = await attempt(() => quiet);
    const { wrongs: unmet } = await attempt(() => fault.check?.(figures));
    const wrongs = [...crowd.promises.overdue(), ...failedSends(fault, crowd), ...timelines.wrongs(crowd.said)];
    return { scene, figures, wrongs: [...broken, ...unmet, ...unrest, ...wrongs] };
  } finally {
    load.pause();
    crowd.close();
    await front?.close();
  }
}

/** What fails is one wrong among others: the verdict on the history is told in any case. */
async function attempt<T>(run: () => T | Promise<T>): Promise<{ value?: T; wrongs: string[] }> {
  try {
    return { value: await run(), wrongs: [] };
  } catch (error) {
    return { wrongs: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
}

async function createRooms(url: string, count: number): Promise<string[]> {
  const rest = createRestClient({ url });
  const made = await Promise.all(Array.from({ length: count }, (_, index) => rest.createRoom(`host ${index}`)));
  return made.map(({ roomId }) => roomId);
}

function failedSends({ mayFail = false }: Fault, { said }: Crowd): string[] {
  if (mayFail) return [];
  return said.flatMap(({ state: { value }, text }) =>
    value.status === 'failed' ? [`a send failed for good: ${text}: ${value.error.code}`] : [],
  );
}

function complaint(name: string, problems: readonly string[], { history, nodes }: Scene): string {
  const folder = join(ROWS_FOLDER, '../histories');
  rmSync(join(folder, `${name}.jsonl`), { force: true });
  mkdirSync(folder, { recursive: true });
  history.save(join(folder, `${name}.jsonl`));
  const logs = nodes.map((node) => `--- ${node.name}\n${node.log().slice(-2_000)}`).join('\n');
  return `${problems.slice(0, 20).join('\n')}\n(${problems.length} problems; history: ${folder}/${name}.jsonl)\n${logs}`;
}
