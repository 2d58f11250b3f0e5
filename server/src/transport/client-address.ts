/** Finds out where a request really comes from when proxies stand in between; the same for REST and sockets. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { parseAddressList } from './address-list.ts';

/** Answers the client's address of a request; an empty text where its socket is already gone. */
export type ClientAddress = (req: IncomingMessage) => string;

/**
 * `trustedProxies`: addresses and CIDR ranges, comma separated. Walks `X-Forwarded-For` from its end while the hops are
 * trusted, so that a client cannot choose its address by sending the header itself. `untrusted` answers what a peer is
 * taken for that is not trusted and sends it. Throws where an entry is neither address nor network.
 */
export function createClientAddress(trustedProxies: string, untrusted = (peer: string) => peer): ClientAddress {
  const isTrusted = parseAddressList('TRUSTED_PROXIES', trustedProxies);
  return (req) => {
    let address = plain(req.socket.remoteAddress ?? '');
    const forwarded = req.headers['x-forwarded-for'];
    if (forwarded === undefined) return address;
    if (!isTrusted(address)) return untrusted(address);
    const hops = [forwarded].flat().join(',').split(',');
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

const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** What limits count as one client: an IPv4 address, or the /64 that every IPv6 customer gets whole. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = groupsIn(head);
  const right = groupsIn(tail ?? '');
  const zeros = tail === undefined ? 0 : GROUPS - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right].slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** An IPv4 address at the end stands for two. */
function groupsIn(text: string): string[] {
  return text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : group === '' ? [] : [group]));
}
