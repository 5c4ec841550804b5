/** Which address a request comes from. What a client can write into a header counts only where a proxy that we know has written it. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** `TRUST_PROXY`: how many proxies stand before the server, or their addresses and networks. Null: none does. */
export type TrustProxy = number | readonly string[] | null;

interface Peer {
  /** Of the socket. */
  readonly remoteAddress?: string | undefined;
  /** `X-Forwarded-For`, as it came. */
  readonly forwardedFor?: string | undefined;
}

export type ClientAddress = (peer: Peer) => string;

const MAX_REMEMBERED = 10_000;
/** Nobody is behind so many proxies. Characters. */
const MAX_LENGTH = 500;
/** Of whoever has no address, such as a caller in this process. */
const NOWHERE = 'local';

/** Addresses by which requests can be counted: of IPv6 the network (/64), since one household has as many addresses as it likes. */
export function createClientAddress(trust: TrustProxy): ClientAddress {
  const isTrusted = typeof trust === 'number' ? hops(trust) : listed(trust ?? []);
  const remembered = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  return ({ remoteAddress = NOWHERE, forwardedFor }) => {
    const chain = trust === null || forwardedFor === undefined ? remoteAddress : `${remoteAddress},${forwardedFor}`;
    let client = remembered.get(chain);
    if (client === undefined) {
      client = networkOf(trust === null ? remoteAddress : clientOf(remoteAddress, forwardedFor ?? '', isTrusted));
      if (chain.length <= MAX_LENGTH) remembered.set(chain, client);
    }
    return client;
  };
}

type IsTrusted = (address: string, distance: number) => boolean;

const hops =
  (count: number): IsTrusted =>
  (_address, distance) =>
    distance < count;

function listed(places: readonly string[]): IsTrusted {
  const known = new BlockList();
  for (const place of places) {
    const [address, bits] = place.split('/') as [string, string?];
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) known.addAddress(address, family);
    else known.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) > 0 && known.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** From here outwards, as far as proxies are ours: each has written who came to it at the end of the header. */
function clientOf(remoteAddress: string, forwardedFor: string, isTrusted: IsTrusted): string {
  const before = forwardedFor.slice(-MAX_LENGTH).split(',').reverse().map(bare);
  let client = bare(remoteAddress);
  for (const [distance, address] of before.entries()) {
    if (!isTrusted(client, distance) || isIP(address) === 0) break;
    client = address;
  }
  return client;
}

/** Without a port, a zone, and the form in which IPv6 writes IPv4. */
function bare(text: string): string {
  const address = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/%.*$/, '');
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
}

function networkOf(address: string): string {
  const plain = bare(address);
  if (!isIPv6(plain)) return plain;
  // The one spelling that there is of it, without brackets.
  const [head = '', tail = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const [start, end] = [head, tail].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => '0');
  return `${[...start, ...zeros, ...end].slice(0, 4).join(':')}::/64`;
}
