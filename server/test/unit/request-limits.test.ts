import { beforeEach, expect, test } from 'vitest';
import { createRequestLimits, type RequestLimits } from '../../src/service/request-limits.ts';

let now: number;
let counted: string[];
let limits: RequestLimits;

beforeEach(() => {
  now = 0;
  counted = [];
  const rates = {
    requests: { perSecond: 100, burst: 4 },
    messages: { perSecond: 10, burst: 2 },
    joins: { perSecond: 1, burst: 3 },
    connectionsPerUser: 2,
  };
  limits = createRequestLimits(
    rates,
    (limit) => void counted.push(limit),
    () => now,
  );
});

const limited = (retryAfterMs: number) => expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterMs } });

test('requests of a connection have a burst and a rate; one that Redis never saw costs nothing', () => {
  const gate = limits.gate();
  for (const name of ['join', 'history', 'ping', 'leave']) gate.take(name);
  expect(() => gate.take('read')).toThrow(limited(10));
  now = 10;
  gate.take('read');
  expect(() => gate.take('typing')).toThrow(limited(10));
  gate.giveBack('join');
  gate.take('typing');
  expect(counted).toEqual(['requests_connection', 'requests_connection']);
});

test('messages of a connection have their own', () => {
  const gate = limits.gate();
  gate.take('msg');
  gate.take('msg');
  expect(() => gate.take('msg')).toThrow(limited(100));
  gate.take('join');
  limits.gate().take('msg');
  now = 100;
  gate.take('msg');
  expect(counted).toEqual(['messages_connection']);
});

test('joins of a user are counted over all connections, and those of others apart', () => {
  for (let n = 0; n < 3; n++) limits.takeJoin('anna');
  expect(() => limits.takeJoin('anna')).toThrow(limited(1_000));
  limits.takeJoin('bernd');
  now = 1_000;
  limits.takeJoin('anna');
  expect(counted).toEqual(['joins_user']);
});

test('a user has so many connections; one that ends makes room', () => {
  limits.enter('anna');
  limits.enter('anna');
  expect(() => limits.enter('anna')).toThrow(limited(5_000));
  limits.enter('bernd');
  limits.leave('anna');
  limits.enter('anna');
  expect(counted).toEqual(['connections_user']);
});
