/**
 * Connections to where anybody may make us go, such as the address in a token's metadata: to the public internet alone.
 *
 * What is checked is the address that is connected to, at the moment when it is: a name that means another address the second time it is asked
 * for gains nothing. Node asks for no name where the host is an address already, so those are checked as well.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';
import { UpstreamError } from './upstream-error.js';

/** As node:dns has it, for all addresses of a name. */
export type Lookup = (
  host: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const CONNECT_TIMEOUT_MS = 2_000;

/** Of IPv6 nothing else is given out (RFC 4291, 2.4). Before it there are, among others, IPv4 addresses in a form that is not in use any more: `::127.0.0.1`. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');

/** What ipaddr.js calls unicast is in none of the special registries (RFC 6890): not private, local, mapped, translated or reserved. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GIVEN_OUT));
}

const unsafe = () =>
  Object.assign(new UpstreamError('unsafe', 'The address does not lead to the public internet.'), { code: 'EUNSAFE' });

export function createPublicAgent(lookup: Lookup = systemLookup): Agent {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup(host, { all }, callback) {
      lookup(host, { all: true }, (error, addresses) => {
        const [first] = error ? [] : addresses;
        // One that is not public among others is no accident either.
        const fault = error ?? (first && addresses.every(({ address }) => isPublicAddress(address)) ? null : unsafe());
        if (fault || !first) callback(fault, []);
        else if (all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    },
  });
  return new Agent({
    connect(options, callback) {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !isPublicAddress(host)) callback(unsafe(), null);
      else connect(options, callback);
    },
  });
}
