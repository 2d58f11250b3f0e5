/** Finds out where a request really comes from when proxies stand in between. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { parseAddressList } from './address-list.ts';

/** Answers the client's address of a request; an empty text where its socket is already gone. */
export type ClientAddress = (req: IncomingMessage) => string;

/**
 * `trustedProxies`: addresses and CIDR ranges, comma separated. Walks `X-Forwarded-For` from its end while the hops are
 * trusted, so that a client cannot choose its address by sending the header itself. Throws where an entry is neither.
 */
export function createClientAddress(trustedProxies: string): ClientAddress {
  const isTrusted = parseAddressList('TRUSTED_PROXIES', trustedProxies);
  return (req) => {
    let address = plain(req.socket.remoteAddress ?? '');
    const hops = [req.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (isTrusted(address)) {
      const hop = plain((hops.pop() ?? '').trim());
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

/** An IPv4 client on a dual-stack socket shows as `::ffff:10.0.0.1`. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
