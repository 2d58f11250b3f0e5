/** Lists of addresses and networks, as they stand in the configuration. */
import { BlockList, isIP } from 'node:net';

/** Whether an address is in the list. IPv4 inside IPv6 (`::ffff:10.0.0.1`) counts as IPv4. */
export type AddressList = (address: string) => boolean;

/** Reads `10.0.0.0/8, 127.0.0.1, ::1`. Throws, naming variable and entry, where one is neither address nor network. */
export function parseAddressList(variable: string, list: string): AddressList {
  const known = new BlockList();
  for (const entry of list.split(',').map((part) => part.trim())) {
    if (entry !== '' && !addEntry(known, entry)) {
      throw new Error(`${variable}: '${entry}' is neither an address nor a network such as 10.0.0.0/8`);
    }
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(plain);
    return version !== 0 && known.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}

function addEntry(known: BlockList, entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  const width = version === 6 ? 128 : 32;
  const isNetwork = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= width;
  if (version === 0 || rest.length > 0 || (bits !== undefined && !isNetwork)) return false;
  known.addSubnet(address, bits === undefined ? width : Number(bits), version === 6 ? 'ipv6' : 'ipv4');
  return true;
}
