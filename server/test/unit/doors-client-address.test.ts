import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress, networkOf } from '../../src/transport/client-address.ts';

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    { trusted: '', from: '203.0.113.9', forwarded: '198.51.100.1', is: '203.0.113.9' },
    { trusted: '127.0.0.1', from: '203.0.113.9', forwarded: '198.51.100.1', is: '203.0.113.9' },
    { trusted: '127.0.0.1', from: '127.0.0.1', forwarded: undefined, is: '127.0.0.1' },
    { trusted: '127.0.0.1', from: '127.0.0.1', forwarded: '198.51.100.1', is: '198.51.100.1' },
    { trusted: '127.0.0.1', from: '127.0.0.1', forwarded: '6.6.6.6, 198.51.100.1', is: '198.51.100.1' },
    { trusted: '127.0.0.1, 10.0.0.0/8', from: '127.0.0.1', forwarded: '198.51.100.1, 10.1.2.3', is: '198.51.100.1' },
    { trusted: '127.0.0.1', from: '::ffff:127.0.0.1', forwarded: '::ffff:198.51.100.1', is: '198.51.100.1' },
    { trusted: '::1, fd00::/8', from: '::1', forwarded: '2001:db8::7, fd00::1', is: '2001:db8::7' },
    { trusted: '10.0.0.0/8', from: '10.0.0.1', forwarded: '10.0.0.2', is: '10.0.0.2' },
    { trusted: '127.0.0.1', from: '127.0.0.1', forwarded: '198.51.100.1, nonsense', is: '127.0.0.1' },
    { trusted: '127.0.0.1', from: undefined, forwarded: '198.51.100.1', is: '' },
  ])('trusting $trusted, from $from with X-Forwarded-For $forwarded, is $is', ({ trusted, from, forwarded, is }) => {
    expect(createClientAddress(trusted)(request(from, forwarded))).toBe(is);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', '10.0.0.0/-1'])(
    'cannot be had with %j for a proxy',
    (entry) => {
      expect(() => createClientAddress(`127.0.0.1,${entry}`)).toThrow(entry);
    },
  );
});

describe('the network that limits count', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:0:7:1:2:3:4', '2001:db8:0:7::/64'],
    ['2001:db8:0:7::4', '2001:db8:0:7::/64'],
    ['2001:DB8::7:0:0:0:4', '2001:db8:0:7::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::198.51.100.1', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
