/** The load process: one thread, the same for every server that is measured. Told what to do by the conductor over IPC. */
import type { Loaded, LoadOptions, Reply, Request, Target } from './commands.ts';
import { createCrowd, type Room } from './crowd.ts';
import { createHistogram } from './histogram.ts';
import { dueTimes, runTicks } from './load.ts';
import { markedText } from './marks.ts';
import { Tally } from './tally.ts';

/** Between the command and the first message: everything is allocated by then. */
const LEAD_MS = 50;
/** Nothing has come for so long: what is missing is lost. */
const SILENCE_MS = 5_000;
/** However slowly it comes. */
const DRAIN_MS = 60_000;

const tally = new Tally();
let crowd: ReturnType<typeof createCrowd> | null = null;
let nextNumber = 0;

function theCrowd() {
  if (crowd === null) throw new Error('there is no target yet');
  return crowd;
}

async function load({ rate, count, senders }: LoadOptions): Promise<Loaded> {
  const rooms = theCrowd().rooms();
  const dialect = theDialect(rooms);
  const first = nextNumber;
  nextNumber += count;
  const expected = prepare(rooms, count);
  const late = createHistogram();
  const startMs = performance.now() + LEAD_MS;
  const dueMs = dueTimes(count, startMs, rate);
  tally.begin(first, dueMs);

  const send = (index: number): void => {
    const room = rooms[index % rooms.length];
    const turn = Math.floor(index / rooms.length);
    const sender = room?.members[turn % Math.min(senders, room.members.length)];
    if (room === undefined || sender === undefined) return;
    const number = first + index;
    sender.send(dialect.message({ roomId: room.roomId, text: markedText(number), clientMsgId: `m${number}` }));
  };
  await runTicks({ count, dueMs, late, send }, createEnd(expected, (dueMs.at(-1) ?? 0) + DRAIN_MS));
  const { latency } = tally;
  return {
    sent: count,
    expected,
    received: tally.received,
    wallMs: performance.now() - startMs,
    p50Ms: latency.quantile(0.5),
    p99Ms: latency.quantile(0.99),
    maxMs: latency.quantile(1),
    lateMs: late.quantile(0.99),
    ...tally.faults(rooms.map(({ members, sent }) => ({ members, messages: sent }))),
  };
}

function theDialect(rooms: readonly Room[]) {
  const member = rooms[0]?.members[0];
  if (member === undefined) throw new Error('nobody is in the rooms');
  return member.crowd.dialect;
}

/** Makes room for what every member will get; answers how many deliveries that is in all. */
function prepare(rooms: readonly Room[], count: number): number {
  let expected = 0;
  rooms.forEach((room, place) => {
    room.sent = Math.floor(count / rooms.length) + (place < count % rooms.length ? 1 : 0);
    for (const member of room.members) {
      // A few duplicates fit as well.
      member.log = new Uint32Array(room.sent + 64);
      member.count = 0;
    }
    expected += room.sent * room.members.length;
  });
  return expected;
}

/** Done when everything came, or nothing more does. */
function createEnd(expected: number, deadlineMs: number): (allSent: boolean) => boolean {
  let news = 0;
  let newsMs = performance.now();
  return (allSent) => {
    const nowMs = performance.now();
    const heard = tally.received + tally.refusals;
    if (heard !== news || !allSent) newsMs = nowMs;
    news = heard;
    return allSent && (tally.received >= expected || nowMs - newsMs > SILENCE_MS || nowMs > deadlineMs);
  };
}

const COMMANDS: { [N in Request['name']]: (takes: never) => unknown } = {
  target(takes: Target) {
    crowd = createCrowd(takes, tally);
    return null;
  },
  async rooms({ count }: { count: number }) {
    await theCrowd().make(count);
    return null;
  },
  enter: (takes: Parameters<ReturnType<typeof createCrowd>['enter']>[0]) => theCrowd().enter(takes),
  async warmUp({ members }: { members: number }) {
    await theCrowd().warmUp(members);
    return null;
  },
  load,
  drop() {
    theCrowd().drop();
    return null;
  },
  returns: ({ parallel }: { parallel: number }) => theCrowd().returns(parallel),
};

async function answer(request: Request): Promise<Reply> {
  try {
    const answers = await COMMANDS[request.name](request.takes as never);
    return { id: request.id, answers };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (reply) => process.send?.(reply),
    () => process.exit(1),
  );
});
process.on('disconnect', () => process.exit(0));
