import { expect, test } from 'vitest';
import { parseAddressList } from '../../src/transport/address-list.ts';

test('an address is in the list by itself or by its network', () => {
  const isIn = parseAddressList('SOME_LIST', ' 127.0.0.1, ::1 ,10.0.0.0/8,2001:db8::/32');
  for (const address of ['127.0.0.1', '::1', '10.255.0.1', '::ffff:10.0.0.1', '2001:db8::7']) {
    expect(isIn(address)).toBe(true);
  }
  for (const address of ['127.0.0.2', '11.0.0.1', '2001:db9::1', '', 'unknown', '10.0.0.1.evil']) {
    expect(isIn(address)).toBe(false);
  }
});

test('an empty list holds nobody', () => {
  expect(parseAddressList('SOME_LIST', '')('127.0.0.1')).toBe(false);
  expect(parseAddressList('SOME_LIST', ' , ')('::1')).toBe(false);
});

test.each(['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', '1.2.3'])(
  '%s is refused by name',
  (entry) => {
    expect(() => parseAddressList('SOME_LIST', `127.0.0.1,${entry}`)).toThrow(`SOME_LIST: '${entry}'`);
  },
);
