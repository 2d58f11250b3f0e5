/** What a client taps becomes a history in which the checker still finds what went wrong. */
import type { TapRecord } from '@c2c/web/client';
import { describe, expect, it } from 'vitest';
import { createTap } from '../faults/support/record-client.ts';
import { checkHistory } from '../history/checker.ts';
import { formatHistory, parseHistory } from '../history/format.ts';
import { createHistory } from '../history/recorder.ts';
import { countFindings } from '../history/verdict.ts';

const ROOM = 'abc12345';
const message = (seq: number) => ({
  ...{ roomId: ROOM, seq, id: `e.g-${seq}`, from: 'ann', text: `text ${seq}` },
  timestamp: '2025-01-01T00:00:00.000Z',
});

/** Writes tap records in the order in which a client would. */
function tapped() {
  const history = createHistory();
  const tap = createTap(history, 'ann');
  const wire = (link: number, happening: object) =>
    tap({ layer: 'wire', link, door: 'websocket', ...happening } as TapRecord);
  return {
    history,
    wire,
    join(link: number, id: number, { after, seq }: { after?: number; seq: number }) {
      const from = after === undefined ? {} : { after: `e.g-${after}` };
      wire(link, { kind: 'sent', frame: { type: 'join', id, payload: { roomId: ROOM, ...from } } });
      const missed = after === undefined ? [] : Array.from({ length: seq - after }, (_, n) => message(after + 1 + n));
      const recovered = after === undefined ? {} : { recovered: true };
      const data = { roomId: ROOM, me: 'ann', seq, position: `e.g-${seq}`, more: false, missed, ...recovered };
      wire(link, { kind: 'answer', id, answer: { ok: true, data } });
    },
    msg: (link: number, seq: number) => wire(link, { kind: 'event', type: 'msg', payload: message(seq) }),
    app: (seq: number) => tap({ layer: 'app', roomId: ROOM, event: { type: 'message', message: message(seq) } }),
    send(link: number, id: number, seq: number) {
      const payload = { roomId: ROOM, text: `text ${seq}`, clientMsgId: `m${seq}` };
      wire(link, { kind: 'sent', frame: { type: 'msg', id, payload } });
      const data = { id: `e.g-${seq}`, seq, timestamp: '2025-01-01T00:00:00.000Z', duplicate: false };
      wire(link, { kind: 'answer', id, answer: { ok: true, data } });
    },
    verdict: () => checkHistory(parseHistory(formatHistory(history.records))),
  };
}

const kinds = (history: ReturnType<typeof createHistory>) => history.records.map(({ kind }) => kind);

describe('a history written from taps', () => {
  it('keeps the promise where the client did', () => {
    const { join, msg, app, send, wire, verdict } = tapped();
    wire(1, { kind: 'opened' });
    join(1, 1, { seq: 0 });
    send(1, 2, 1);
    msg(1, 1);
    app(1);
    wire(1, { kind: 'closed', detail: 'cut' });
    join(2, 1, { after: 1, seq: 3 });
    app(2);
    app(3);
    expect(verdict()).toMatchObject({ acked: 1, findings: [] });
  });

  it('follows a room from one connection to the next without a break', () => {
    const { history, join, msg, app, wire, verdict } = tapped();
    join(1, 1, { seq: 0 });
    msg(1, 1);
    app(1);
    join(2, 1, { after: 1, seq: 2 });
    app(2);
    msg(1, 2);
    wire(1, { kind: 'closed', detail: 'closed by this side' });
    msg(2, 3);
    app(3);
    expect(kinds(history)).not.toContain('disconnect');
    expect(verdict().findings).toEqual([]);
  });

  it('does not take an answer to a join that another connection has overtaken', () => {
    const { history, join, wire } = tapped();
    wire(1, { kind: 'sent', frame: { type: 'join', id: 1, payload: { roomId: ROOM } } });
    join(2, 1, { seq: 0 });
    wire(1, { kind: 'answer', id: 1, answer: { ok: true, data: { seq: 9 } } });
    expect(kinds(history)).toEqual(['join', 'join', 'connect', 'joined']);
  });

  it('shows a skipped seq, a doubled message and an acknowledged one that never came', () => {
    const { join, msg, app, send, verdict } = tapped();
    join(1, 1, { seq: 0 });
    send(1, 2, 2);
    msg(1, 1);
    app(1);
    app(1);
    msg(1, 3);
    app(3);
    expect(countFindings(verdict())).toMatchObject({ lost: 1, duplicated: 1, 'unsignalled gaps': 1 });
  });
});
