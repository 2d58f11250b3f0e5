/** Judges a history by the promise: nothing lost, nothing twice, one order, no silent gap, no false recovery. */
import type { HistoryRecord } from './format.ts';
import { MemberView } from './member-view.ts';
import { gatherTruth, type RoomTruth } from './room-truth.ts';
import type { Finding, Verdict } from './verdict.ts';

/** One client: its user, as `joined` said, its rooms, and the leaves that it asked for and that were done. */
type ClientWalk = {
  user: string;
  rooms: Map<string, MemberView>;
  asked: Map<string, number>;
  left: { roomId: string; askedAt: number }[];
};

/** Checks the lines of any number of clients; the lines of one client are in order, clients may be mixed or follow each other. */
export function checkHistory(records: readonly HistoryRecord[]): Verdict {
  const truths = gatherTruth(records);
  const clients = new Map<string, ClientWalk>();
  for (const record of records) {
    const walk = clients.get(record.client) ?? { user: '', rooms: new Map(), asked: new Map(), left: [] };
    clients.set(record.client, walk);
    step(record.client, walk, { record, truths });
  }
  const views = [...clients.values()].flatMap((walk) => [...walk.rooms.values()]);
  for (const view of views) view.finish();
  const findings = [
    ...[...truths.values()].flatMap((truth) => truth.findings),
    ...views.flatMap((view) => view.findings),
    ...swallowedLeaves(clients),
  ];
  return {
    acked: sum([...truths.values()].map((truth) => truth.acked.size)),
    resyncs: sum(views.map((view) => view.resyncs)),
    wireRepeats: sum(views.map((view) => view.wireRepeats)),
    findings,
  };
}

function step(
  client: string,
  walk: ClientWalk,
  { record, truths }: { record: HistoryRecord; truths: ReadonlyMap<string, RoomTruth> },
): void {
  if (record.kind === 'connect' || record.kind === 'disconnect') {
    for (const view of walk.rooms.values()) view.disconnected();
    return;
  }
  if (record.kind === 'joined') walk.user = record.me;
  noteLeave(walk, record);
  const roomId = 'message' in record ? record.message.roomId : record.roomId;
  const truth = roomId === undefined ? undefined : truths.get(roomId);
  if (truth === undefined) return;
  const view = walk.rooms.get(truth.roomId) ?? new MemberView(client, truth);
  walk.rooms.set(truth.roomId, view);
  view.walk(record);
}

function noteLeave(walk: ClientWalk, record: HistoryRecord): void {
  if (record.kind === 'leave') walk.asked.set(record.roomId, record.at);
  if (record.kind !== 'leave_done') return;
  walk.left.push({ roomId: record.roomId, askedAt: walk.asked.get(record.roomId) ?? record.at });
}

/** A leave ends the membership on all connections of the user: one that was in the room and heard nothing is a silent gap. */
function swallowedLeaves(clients: ReadonlyMap<string, ClientWalk>): Finding[] {
  return [...clients].flatMap(([name, { user, left }]) => {
    const others = [...clients].filter(([other, walk]) => other !== name && walk.user === user);
    return left.flatMap((leave) => others.flatMap(([other, walk]) => unheardLeave(other, walk, leave)));
  });
}

function unheardLeave(client: string, walk: ClientWalk, { roomId, askedAt }: ClientWalk['left'][number]): Finding[] {
  const view = walk.rooms.get(roomId);
  if (!view?.isIn || view.enteredAt >= askedAt) return [];
  return [{ violation: 'unsignalled gaps', text: `${client} in ${roomId}: was not told that ${walk.user} left` }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
