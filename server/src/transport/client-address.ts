/** Finds out where a request really comes from when proxies stand in between. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Answers the client's address of a request; an empty text where its socket is already gone. */
export type ClientAddress = (req: IncomingMessage) => string;

/**
 * `trustedProxies`: addresses and CIDR ranges, comma separated. Walks `X-Forwarded-For` from its end while the hops are
 * trusted, so that a client cannot choose its address by sending the header itself. Throws where an entry is neither.
 */
export function createClientAddress(trustedProxies: string): ClientAddress {
  const trusted = parseTrusted(trustedProxies);
  return (req) => {
    let address = plain(req.socket.remoteAddress ?? '');
    const hops = [req.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (isTrusted(trusted, address)) {
      const hop = plain((hops.pop() ?? '').trim());
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

function isTrusted(trusted: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function parseTrusted(list: string): BlockList {
  const trusted = new BlockList();
  for (const entry of list.split(',').map((part) => part.trim())) {
    if (entry !== '') addTrusted(trusted, entry);
  }
  return trusted;
}

function addTrusted(trusted: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  const bits = family === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix === '' ? Number.NaN : prefix);
  if (family === 0 || rest.length > 0 || !Number.isInteger(length) || length < 0 || length > bits) {
    throw new Error(`TRUSTED_PROXIES: "${entry}" is neither an address nor a range`);
  }
  trusted.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv4 client on a dual-stack socket shows as `::ffff:10.0.0.1`. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
