import { expect, it } from 'vitest';
import { remoteAddress } from '../../../live/sockets/remote-address.ts';

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['fe80::1ff:fe23:4567:890a%eth2', 'fe80:0:0:0:1ff:fe23:4567:890a'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
  ['', ''],
])('the client at %s is %s, as in Java', (address, java) => {
  expect(remoteAddress(address)).toBe(java);
});
