import { expect, test } from 'vitest';
import { type TrustProxy, createClientAddress } from '../../src/admission/client-address.js';

const of = (trust: TrustProxy, remoteAddress: string, forwardedFor?: string) =>
  createClientAddress(trust)({ remoteAddress, forwardedFor });

test('without a proxy that is trusted, nobody chooses their address', () => {
  for (const forwardedFor of [undefined, '', '1.2.3.4', '1.2.3.4, 5.6.7.8', '127.0.0.1'])
    expect(of(null, '203.0.113.9', forwardedFor)).toBe('203.0.113.9');
});

test.each<[string, TrustProxy, string, string | undefined, string]>([
  [
    'one proxy: what it wrote, whatever the client wrote before it',
    1,
    '10.0.0.1',
    '6.6.6.6, 203.0.113.9',
    '203.0.113.9',
  ],
  ['two proxies', 2, '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['more proxies than have written: the first of them', 3, '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['a proxy that wrote nothing', 1, '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy that passed on what is no address', 1, '10.0.0.1', 'unknown', '10.0.0.1'],
  ['listed proxies', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
  ['a listed proxy of one address', ['10.0.0.1', '::1'], '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['somebody who is no listed proxy', ['10.0.0.0/8'], '203.0.113.9', '6.6.6.6', '203.0.113.9'],
  ['an address with a port', 1, '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
  ['IPv6 with brackets and port', 1, '10.0.0.1', '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
])('%s', (_what, trust, remoteAddress, forwardedFor, expected) => {
  expect(of(trust, remoteAddress, forwardedFor)).toBe(expected);
});

test('addresses of one IPv6 network are one, however they are written', () => {
  const network = of(null, '2001:db8:1:2:3:4:5:6');
  for (const other of ['2001:DB8:1:2::1', '2001:0db8:0001:0002:ffff::', '2001:db8:1:2::%eth0'])
    expect(of(null, other)).toBe(network);
  expect(of(null, '2001:db8:1:3::1')).not.toBe(network);
  expect(of(null, '::1')).toBe('0:0:0:0::/64');
  expect(of(null, '::ffff:203.0.113.9')).toBe('203.0.113.9');
});
