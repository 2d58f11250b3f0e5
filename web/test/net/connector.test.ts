import { expect, test } from 'vitest';
import { Connector, type ConnectorStatus } from '../../src/net/connector.ts';
import { failure } from '../../src/net/failure.ts';
import { Link } from '../../src/net/link.ts';
import { FakeClock } from './support/fake-clock.ts';
import { createFakeWires, cut, FAKE_DOOR, type FakeWire } from './support/fake-wire.ts';

function setUp({ random = () => 0.5, reclaim = false } = {}) {
  const clock = new FakeClock();
  const { wires, open } = createFakeWires();
  const statuses: ConnectorStatus[] = [];
  const opened: Link[] = [];
  const lost: { instead: Link | null }[] = [];
  const times = { openTimeoutMs: 1_000, requestTimeoutMs: 1_000, pingIntervalMs: 10_000 };
  const connector = new Connector(
    { clock, random, backoff: { baseMs: 1_000, capMs: 30_000 }, stableMs: 5_000 },
    {
      dial: (listener) =>
        new Link(
          { number: wires.length, door: FAKE_DOOR, open, target: { url: '' }, clock, times, tap: undefined },
          listener,
        ),
      opened: (link) => void opened.push(link),
      event: () => undefined,
      lost: (_link, instead) => void lost.push({ instead }),
      failed: () => undefined,
      refused: () => reclaim,
      status: (status) => void statuses.push(status),
    },
  );
  const wire = (index: number): FakeWire => {
    const found = wires.at(index);
    if (!found) throw new Error(`there is no wire ${index}`);
    return found;
  };
  /** Opens the newest wire and, if wanted, says that everything is joined on it. */
  const answer = (isSettled = true) => {
    wire(-1).listener.opened();
    const link = opened.at(-1);
    if (isSettled && link) connector.settled(link);
    return link;
  };
  return { clock, connector, wires, wire, statuses, opened, lost, answer };
}

test('waits double up to the cap, spread by chance over their whole length', async () => {
  const { clock, connector, wires, wire, statuses } = setUp();
  connector.want(true);
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    wire(-1).listener.closed(cut());
    const status = statuses.at(-1);
    if (status?.status !== 'offline') throw new Error('offline is told');
    expect(status.attempt).toBe(attempt);
    waits.push(status.retryAtMs - clock.now());
    await clock.advance(status.retryAtMs - clock.now() - 1);
    expect(wires).toHaveLength(attempt);
    await clock.advance(1);
    expect(wires).toHaveLength(attempt + 1);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

test('what the server asks for is the least that is waited', async () => {
  const { clock, connector, wire, statuses } = setUp();
  connector.want(true);
  wire(0).listener.closed(cut({ retryAfterMs: 7_000 }));
  expect(statuses.at(-1)).toMatchObject({ status: 'offline', retryAtMs: clock.now() + 7_500 });
});

test('a connection that lived starts the waits again, one that died young does not', async () => {
  const { clock, connector, wire, statuses, answer } = setUp();
  connector.want(true);
  for (const [livedMs, attempt] of [
    [0, 1],
    [4_999, 2],
    [5_000, 1],
  ] as const) {
    answer();
    await clock.advance(livedMs);
    wire(-1).listener.closed(cut());
    expect(statuses.at(-1)).toMatchObject({ status: 'offline', attempt });
    connector.reconnectNow();
  }
});

test('"now" ends the waiting', () => {
  const { connector, wires, wire, statuses } = setUp();
  connector.want(true);
  wire(0).listener.closed(cut());
  connector.reconnectNow();
  expect(wires).toHaveLength(2);
  expect(statuses.at(-1)).toEqual({ status: 'connecting', attempt: 1 });
});

test('a handshake without an answer counts as failed', async () => {
  const { clock, connector, wire, statuses } = setUp();
  connector.want(true);
  await clock.advance(1_000);
  expect(wire(0).isClosed).toBe(true);
  expect(statuses.at(-1)?.status).toBe('offline');
});

test('silence is broken by a ping, and a second silence ends the connection', async () => {
  const { clock, connector, wire, statuses, answer } = setUp();
  connector.want(true);
  answer();
  await clock.advance(10_000);
  expect(wire(0).sent.map(({ type }) => type)).toEqual(['ping']);
  wire(0).listener.alive();
  await clock.advance(10_000);
  expect(statuses.at(-1)?.status).toBe('open');
  await clock.advance(10_000);
  expect(wire(0).isClosed).toBe(true);
  expect(statuses.at(-1)?.status).toBe('offline');
});

test('a drain opens the new connection when told and closes the old one only when all is joined', async () => {
  const { clock, connector, wires, wire, statuses, answer } = setUp();
  connector.want(true);
  const old = answer();
  if (!old) throw new Error('there is a connection');
  connector.drain(old, 3_000);
  await clock.advance(2_999);
  expect(wires).toHaveLength(1);
  await clock.advance(1);
  const next = answer(false);
  expect([wire(0).isClosed, wire(1).isClosed]).toEqual([false, false]);
  if (next) connector.settled(next);
  expect([wire(0).isClosed, wire(1).isClosed]).toEqual([true, false]);
  expect(statuses.map(({ status }) => status)).toEqual(['connecting', 'open']);
});

test('a replacement that fails is tried again while the old connection serves', async () => {
  const { clock, connector, wires, wire, statuses, answer, lost } = setUp();
  connector.want(true);
  const old = answer();
  if (old) connector.drain(old, 0);
  await clock.advance(0);
  wire(1).listener.closed(cut());
  expect(lost.at(-1)?.instead).toBe(old);
  await clock.advance(500);
  expect(wires).toHaveLength(3);
  expect(statuses.at(-1)?.status).toBe('open');
});

test('when the old connection dies first, the replacement takes over', async () => {
  const { clock, connector, wire, statuses, answer, lost } = setUp();
  connector.want(true);
  const old = answer();
  if (old) connector.drain(old, 0);
  await clock.advance(0);
  const next = answer(false);
  wire(0).listener.closed(cut());
  expect(lost.at(-1)?.instead).toBe(next);
  expect(statuses.at(-1)?.status).toBe('open');
});

test('giving up is final, unless the client can be somebody again', async () => {
  const error = { ...failure('PROTOCOL_ERROR') };
  const final = setUp();
  final.connector.want(true);
  final.wire(0).listener.closed(cut({ giveUp: error }));
  await final.clock.advance(100_000);
  expect(final.statuses.at(-1)).toEqual({ status: 'refused', error });
  expect(final.wires).toHaveLength(1);
  const again = setUp({ reclaim: true });
  again.connector.want(true);
  again.wire(0).listener.closed(cut({ giveUp: error }));
  await again.clock.advance(0);
  expect(again.wires).toHaveLength(2);
});

test('a connection nobody wants is closed, and no timer is left', async () => {
  const { clock, connector, wire, statuses, answer } = setUp();
  connector.want(true);
  answer();
  connector.want(false);
  expect(wire(0).isClosed).toBe(true);
  expect(statuses.at(-1)?.status).toBe('idle');
  expect(clock.waiting).toBe(0);
  connector.want(true);
  connector.close();
  expect(clock.waiting).toBe(0);
});
