/** The checker finds every planted defect, and finds nothing in histories that keep the promise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../history/checker.ts';
import { formatHistory, type HistoryRecord, parseHistory } from '../history/format.ts';
import { countFindings, formatVerdict, type Violation } from '../history/verdict.ts';
import { ModelRoom, ROOM } from '../support/model-history.ts';

/** Two members and a second tab; one of them goes away for a while and is replayed; one leaves. */
function goodHistory(): HistoryRecord[] {
  const room = new ModelRoom();
  for (const client of ['ann', 'bo', 'bo2', 'cy']) {
    room.connect(client);
    room.join(client);
  }
  for (let n = 0; n < 3; n++) room.send('ann');
  room.disconnect('bo');
  for (let n = 0; n < 4; n++) room.send('cy');
  room.connect('bo');
  room.return('bo');
  room.send('bo');
  room.leave('cy');
  room.send('ann');
  room.send('ann');
  return room.records;
}

const violationsOf = (records: readonly HistoryRecord[]) =>
  Object.entries(countFindings(checkHistory(records)))
    .filter(([, count]) => count > 0)
    .map(([violation]) => violation as Violation);

const isApp = (client: string, seq: number) => (record: HistoryRecord) =>
  record.client === client && record.kind === 'app' && record.message.seq === seq;
const isMsg = (client: string, seq: number) => (record: HistoryRecord) =>
  record.client === client && record.kind === 'msg' && record.message.seq === seq;
const without = (records: HistoryRecord[], ...drop: ((record: HistoryRecord) => boolean)[]) =>
  records.filter((record) => !drop.some((is) => is(record)));

function changed(records: HistoryRecord[], is: (record: HistoryRecord) => boolean, change: object): HistoryRecord[] {
  return records.map((record) => (is(record) ? ({ ...record, ...change } as HistoryRecord) : record));
}

function twice(records: HistoryRecord[], is: (record: HistoryRecord) => boolean): HistoryRecord[] {
  return records.flatMap((record) => (is(record) ? [record, record] : [record]));
}

/** Exchanges two lines of one client. */
function swapped(records: HistoryRecord[], a: (r: HistoryRecord) => boolean, b: (r: HistoryRecord) => boolean) {
  const first = records.findIndex(a);
  const second = records.findIndex(b);
  const [one, two] = [records[first], records[second]];
  return records.map((record, index) => (index === first && two ? two : index === second && one ? one : record));
}

describe('a history that keeps the promise', () => {
  it('is green and prints the one line', () => {
    expect(formatVerdict(checkHistory(goodHistory()))).toBe(
      'acked 10 · lost 0 · duplicated 0 · reordered 0 · unsignalled gaps 0 · false recoveries 0 · resyncs 0 · wire repeats 0',
    );
  });

  it('is read back from its file as it was written', () => {
    const records = goodHistory();
    expect(parseHistory(formatHistory(records))).toEqual(records);
  });

  it('allows that a client that was told has not everything', () => {
    const room = new ModelRoom();
    room.connect('ann');
    room.connect('bo');
    room.join('ann');
    room.join('bo');
    room.send('ann');
    room.disconnect('bo');
    room.send('ann');
    room.connect('bo');
    room.join('bo', true);
    room.send('ann');
    room.resync('bo');
    room.send('ann');

    const verdict = checkHistory(room.records);

    expect(verdict.findings).toEqual([]);
    expect(verdict.resyncs).toBe(1);
  });

  it('is green whatever people do', () => {
    const who = fc.constantFrom('ann', 'bo', 'bo2', 'cy');
    const deed = fc.constantFrom(
      'connect',
      'disconnect',
      'join',
      'return',
      'lost',
      'send',
      'repeat',
      'leave',
      'resync',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(deed, who), { maxLength: 120 }), (deeds) => {
        const room = new ModelRoom();
        for (const [name, client] of deeds) room.perform(name, client);
        expect(checkHistory(room.records).findings).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a planted defect turns the checker red', () => {
  const good = goodHistory();

  it('a skipped seq on the wire is an unsignalled gap', () => {
    expect(violationsOf(without(good, isMsg('bo2', 5)))).toEqual(['unsignalled gaps']);
  });

  it('a skipped seq at the application is a lost message', () => {
    expect(violationsOf(without(good, isMsg('ann', 5), isApp('ann', 5)))).toEqual(['lost', 'unsignalled gaps']);
  });

  it('an acknowledged message that one client never got is lost, also the last one', () => {
    const verdict = checkHistory(without(good, isMsg('bo', 10), isApp('bo', 10)));
    expect(countFindings(verdict)).toMatchObject({ lost: 1, 'unsignalled gaps': 0 });
  });

  it('a doubled frame is an unsignalled gap, and duplicated where the application took it twice', () => {
    expect(violationsOf(twice(good, isMsg('ann', 4)))).toEqual(['unsignalled gaps']);
    expect(violationsOf(twice(good, isApp('ann', 4)))).toEqual(['duplicated']);
  });

  it('one send stored twice is duplicated', () => {
    const room = new ModelRoom();
    room.connect('ann');
    room.join('ann');
    room.send('ann');
    room.store('ann', 'text 1', 'c1');
    expect(violationsOf(room.records)).toEqual(['duplicated']);
  });

  it('two swapped messages are reordered', () => {
    expect(violationsOf(swapped(good, isApp('ann', 4), isApp('ann', 5)))).toEqual(['reordered']);
    expect(violationsOf(swapped(good, isMsg('ann', 4), isMsg('ann', 5)))).toContain('unsignalled gaps');
  });

  it('two clients that see another message under one seq are reordered', () => {
    const message = { roomId: ROOM, seq: 5, id: 'epoch.00000001-5', from: 'mallory', text: 'other', timestamp: '' };
    const other = changed(changed(good, isMsg('bo2', 5), { message }), isApp('bo2', 5), { message });
    expect(violationsOf(other)).toEqual(['lost', 'reordered']);
  });

  it('two ids under one seq are reordered where nobody was told of a cut', () => {
    const message = { roomId: ROOM, seq: 5, id: 'epoch.00000002-5', from: 'cy', text: 'text 5', timestamp: '' };
    expect(violationsOf(changed(good, isMsg('bo2', 5), { message }))).toContain('reordered');
  });

  it('a swallowed `left` is an unsignalled gap although nothing was sent afterwards', () => {
    const room = new ModelRoom();
    for (const client of ['bo', 'bo2']) {
      room.connect(client);
      room.join(client);
    }
    room.leave('bo');
    expect(violationsOf(room.records)).toEqual([]);
    expect(violationsOf(without(room.records, (record) => record.kind === 'left'))).toEqual(['unsignalled gaps']);
  });

  it('a leave that had no effect is an unsignalled gap: messages go on coming', () => {
    const message = { roomId: ROOM, seq: 11, id: 'epoch.00000001-11', from: 'ann', text: 'text 11', timestamp: '' };
    const late: HistoryRecord = { client: 'cy', connection: 1, at: 1e6, kind: 'msg', message };
    expect(violationsOf([...good, late])).toEqual(['unsignalled gaps']);
  });

  it('a replay that does not start right after `after` is a false recovery', () => {
    const isReplay = (record: HistoryRecord) => record.kind === 'joined' && record.recovered === true;
    const joined = good.find(isReplay);
    if (joined?.kind !== 'joined') throw new Error('the history has no replay');
    expect(violationsOf(changed(good, isReplay, { missed: joined.missed.slice(1) }))).toContain('false recoveries');
    expect(violationsOf(changed(good, isReplay, { missed: joined.missed.slice(0, -1) }))).toContain('false recoveries');
    expect(violationsOf(changed(good, isReplay, { after: 'epoch.ffffffff-3' }))).toContain('false recoveries');
  });

  it('a replay claimed without its messages is a false recovery and loses them', () => {
    const isReplay = (record: HistoryRecord) => record.kind === 'joined' && record.recovered === true;
    const claimed = without(changed(good, isReplay, { missed: [] }), isApp('bo', 5), isApp('bo', 6));
    expect(violationsOf(claimed)).toEqual(['lost', 'false recoveries']);
  });

  it('a page with a hole is a false recovery where it claims to be proven', () => {
    const messages = [5, 7].map((seq) => {
      const record = good.find(isMsg('ann', seq));
      return record?.kind === 'msg' ? record.message : null;
    });
    const page = { kind: 'page', roomId: ROOM, after: 'epoch.00000001-4', recovered: true, hasMore: false, messages };
    const line = { client: 'ann', connection: 1, at: 1e6, ...page } as HistoryRecord;
    expect(violationsOf([...good, line])).toEqual(['false recoveries']);
  });

  it('an acknowledgement without a message is lost', () => {
    const ack = { kind: 'ack', roomId: ROOM, id: 'epoch.00000001-11', seq: 11, duplicate: false, text: 'nowhere' };
    const line = { client: 'ann', connection: 1, at: 1e6, ...ack } as HistoryRecord;
    expect(countFindings(checkHistory([...good, line])).lost).toBe(3);
  });

  it('an acknowledgement that belongs to another text is lost', () => {
    const isAck = (record: HistoryRecord) => record.kind === 'ack' && record.seq === 6;
    expect(violationsOf(changed(good, isAck, { text: 'something else' }))).toEqual(['lost']);
  });
});
