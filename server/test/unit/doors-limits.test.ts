import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { createDoorLimits, type DoorLimitsSettings, type Refusal } from '../../src/transport/door-limits.ts';

const SETTINGS: DoorLimitsSettings = {
  PUBLIC_URL: '',
  CORS_ORIGINS: '',
  TRUSTED_PROXIES: '127.0.0.1',
  TRUSTED_LOAD_ADDRESSES: '10.0.0.0/8',
  HANDSHAKE_RATE: 10,
  HANDSHAKE_BURST: 3,
  CONNECTIONS_PER_ADDRESS: 5,
  ADMIT_RATE: 100,
  ADMIT_BURST: 20,
  MAX_CONNECTIONS: 8,
  HTTP_RATE: 2,
  HTTP_BURST: 2,
};
const ABUSER = '203.0.113.9';
const OTHER = '198.51.100.1';

let now: number;
let gate: Refusal | null;
let counted: string[];
let warnings: string[];

beforeEach(() => {
  now = 0;
  gate = null;
  counted = [];
  warnings = [];
});

function doorLimits(changes: Partial<DoorLimitsSettings> = {}) {
  return createDoorLimits({
    settings: { ...SETTINGS, ...changes },
    gate: () => gate,
    count: (limit) => void counted.push(limit),
    warn: (text) => void warnings.push(text),
    nowMs: () => now,
  });
}

/** A handshake that nginx passed on. */
function from(address: string, peer = '127.0.0.1'): IncomingMessage {
  return { socket: { remoteAddress: peer }, headers: { 'x-forwarded-for': address } } as unknown as IncomingMessage;
}

describe('the handshakes of one address', () => {
  test('have a burst and a rate, and others are let in meanwhile', () => {
    const { admit } = doorLimits();
    for (let n = 0; n < 3; n++) expect(admit(from(ABUSER))).toBeNull();
    expect(admit(from(ABUSER))).toEqual({ code: 'RATE_LIMITED', retryAfterMs: 100 });
    expect(admit(from(OTHER))).toBeNull();
    now = 100;
    expect(admit(from(ABUSER))).toBeNull();
    expect(counted).toEqual(['handshakes_address']);
  });

  test('are told apart by what the proxy says, not by what the client claims', () => {
    const { admit } = doorLimits();
    const answers = ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'].map((forged) => admit(from(`${forged}, ${ABUSER}`)));
    expect(answers.at(-1)).toMatchObject({ code: 'RATE_LIMITED' });
    const direct = ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'].map((forged) => admit(from(forged, OTHER)));
    expect(direct.at(-1)).toMatchObject({ code: 'RATE_LIMITED' });
    expect(warnings).toEqual([expect.stringContaining(`${OTHER} sends X-Forwarded-For and is not in TRUSTED_PROXIES`)]);
  });

  test('of a whole /64 count as one: every IPv6 customer has one to himself', () => {
    const { admit } = doorLimits();
    for (let n = 1; n <= 3; n++) expect(admit(from(`2001:db8:0:7::${n}`))).toBeNull();
    expect(admit(from('2001:db8::7:aaaa:bbbb:cccc:dddd'))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(admit(from('2001:db8:0:8::1'))).toBeNull();
  });

  test('are not counted for TRUSTED_LOAD_ADDRESSES', () => {
    const { admit, opened } = doorLimits({ MAX_CONNECTIONS: 100 });
    for (let n = 0; n < 20; n++) {
      expect(admit(from('10.1.2.3'))).toBeNull();
      opened('10.1.2.3');
    }
    expect(counted).toEqual([]);
  });
});

describe('a proxy that is not trusted', () => {
  test('is one client, also where it stands among TRUSTED_LOAD_ADDRESSES', () => {
    const { admit, addressOf, opened, takeRequest } = doorLimits();
    const relayed = ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'].map((client) => from(client, '10.0.0.1'));
    expect(relayed.map((request) => admit(request)?.code)).toEqual([undefined, undefined, undefined, 'RATE_LIMITED']);
    now = 1_000;
    for (const request of [...relayed, ...relayed.slice(0, 1)]) opened(addressOf(request));
    expect(relayed.map((request) => admit(request)?.code)).toContain('RATE_LIMITED');
    expect(() => {
      for (const request of relayed) takeRequest(addressOf(request));
    }).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    expect(counted).toEqual([
      'handshakes_address',
      ...Array(3).fill('connections_address'),
      'handshakes_address',
      'requests_address',
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^10\.0\.0\.1 sends X-Forwarded-For.*limits/)]);
  });

  test('does not count for those who come directly from its machine', () => {
    const { admit } = doorLimits();
    for (let n = 0; n < 4; n++) admit(from('1.1.1.1', '10.0.0.1'));
    const direct = { socket: { remoteAddress: '10.0.0.1' }, headers: {} } as unknown as IncomingMessage;
    expect(admit(direct)).toBeNull();
    expect(counted).toEqual(['handshakes_address']);
  });
});

describe('the connections of one address', () => {
  test('are so many, and one that ends makes room', () => {
    const { admit, opened, closed } = doorLimits();
    for (let n = 0; n < 5; n++) opened(ABUSER);
    expect(admit(from(ABUSER))).toEqual({ code: 'RATE_LIMITED', retryAfterMs: 5_000 });
    expect(admit(from(OTHER))).toBeNull();
    closed(ABUSER);
    expect(admit(from(ABUSER))).toBeNull();
    expect(counted).toEqual(['connections_address']);
  });
});

describe('the node as a whole', () => {
  test('takes so many connections', () => {
    const { admit, opened, closed } = doorLimits();
    for (let n = 0; n < 8; n++) opened(`198.51.100.${n}`);
    expect(admit(from(OTHER))).toMatchObject({ code: 'OVERLOADED' });
    closed('198.51.100.7');
    expect(admit(from(OTHER))).toBeNull();
  });

  test('takes so many handshakes at once, and spreads those it turns away', () => {
    const { admit } = doorLimits();
    const answers = Array.from({ length: 60 }, (_, n) => admit(from(`198.51.100.${n}`)));
    const waits = answers.flatMap((refusal) => refusal?.retryAfterMs ?? []);
    expect(waits).toHaveLength(40);
    expect(new Set(waits).size).toBeGreaterThan(20);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(1_000);
    now = 100;
    expect(admit(from(OTHER))).toBeNull();
    expect(counted).toEqual([]);
  });

  test('is not used up by an address that only knocks', () => {
    const { admit } = doorLimits({ ADMIT_BURST: 6 });
    for (let n = 0; n < 100; n++) admit(from(ABUSER));
    expect(admit(from(OTHER))).toBeNull();
  });

  test('says first that it is leaving, which costs an address nothing', () => {
    const { admit } = doorLimits();
    gate = { code: 'DRAINING', retryAfterMs: 1_000 };
    for (let n = 0; n < 10; n++) expect(admit(from(ABUSER))).toEqual(gate);
    gate = null;
    expect(admit(from(ABUSER))).toBeNull();
  });
});

test('REST requests of an address have a burst and a rate', () => {
  const { takeRequest } = doorLimits();
  takeRequest(ABUSER);
  takeRequest(ABUSER);
  const limited = expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterMs: 500 } });
  expect(() => takeRequest(ABUSER)).toThrow(limited);
  takeRequest(OTHER);
  now = 500;
  takeRequest(ABUSER);
  for (let n = 0; n < 10; n++) takeRequest('10.0.0.1');
  expect(counted).toEqual(['requests_address']);
});
