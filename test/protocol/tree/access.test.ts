import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowed, fixAcl, readableAcl } from '../../../protocol/tree/access.ts';
import { type Acl, type Id, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { authenticate, digestId } from '../../../protocol/tree/authentication.ts';

const entry = (scheme: string, id: string, perms: number = Perms.ALL): Acl => ({ perms, scheme, id });
const ip = (id: string): Id => ({ scheme: 'ip', id });
const LOCAL = ip('127.0.0.1');
const ALICE: Id = { scheme: 'digest', id: 'alice:hash' };
const BOB: Id = { scheme: 'digest', id: 'bob:hash' };
const SUPER: Id = { scheme: 'super', id: '' };
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

test('ACL-1 any entry that names the requester and has the permission is enough', () => {
  expect(allowed(OPEN_ACL_UNSAFE, Perms.DELETE, [])).toBe(true);
  expect(allowed(READ_ACL_UNSAFE, Perms.READ, [])).toBe(true);
  expect(allowed(READ_ACL_UNSAFE, Perms.WRITE, [LOCAL, ALICE])).toBe(false);
  expect(allowed(READ_ACL_UNSAFE, Perms.READ | Perms.ADMIN, [])).toBe(true);
  const acl = [entry('digest', ALICE.id, Perms.READ), entry('digest', BOB.id, Perms.WRITE)];
  expect(allowed(acl, Perms.READ, [LOCAL, ALICE])).toBe(true);
  expect(allowed(acl, Perms.WRITE, [LOCAL, ALICE])).toBe(false);
  expect(allowed(acl, Perms.WRITE, [ALICE, BOB])).toBe(true);
  expect(allowed(acl, Perms.READ, [{ scheme: 'ip', id: ALICE.id }])).toBe(false);
  expect(allowed([entry('world', 'someone')], Perms.READ, [{ scheme: 'world', id: 'someone' }])).toBe(false);
});

test('ACL-1 super may do everything, and an empty ACL allows everything', () => {
  expect(allowed([entry('digest', BOB.id, 0)], Perms.ADMIN, [LOCAL, SUPER])).toBe(true);
  expect(allowed([], Perms.ADMIN, [])).toBe(true);
});

test('ACL-2 an ip entry is an address or a network, of IPv4 or IPv6', () => {
  const cases: [string, string, boolean][] = [
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.255.0.0/9', false],
    ['10.129.2.3', '10.255.0.0/9', true],
    ['1.2.3.4', '9.9.9.9/0', true],
    ['1.2.3.4', '1.2.3.5/31', true],
    ['1.2.3.4', '1.2.3.5/32', false],
    ['1.2.3.4', '1.2.3.4/33', false],
    ['1.2.3.4', '1.2.3.4/', false],
    ['nowhere', '1.2.3.4/0', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['2001:db8:0:0:0:0:0:7', '2001:DB8::/32', true],
    ['2001:db9::7', '2001:db8::/32', false],
    ['2001:db9::7', '2001:db8::/31', true],
    ['::1', '0.0.0.0/0', false],
    ['1.2.3.4', '::/0', false],
  ];
  for (const [address, pattern, yes] of cases) {
    expect(allowed([entry('ip', pattern)], Perms.READ, [ip(address)]), `${address} in ${pattern}`).toBe(yes);
  }
});

test('ACL-2 a network of n bits holds exactly the addresses with the same n bits', () => {
  const word = fc.nat(0xffff_ffff);
  const dotted = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
  fc.assert(
    fc.property(word, fc.nat(31), fc.nat(32), (address, flipped, bits) => {
      const other = (address ^ (1 << (31 - flipped))) >>> 0;
      const acl = [entry('ip', `${dotted(address)}/${bits}`)];
      expect(allowed(acl, Perms.READ, [ip(dotted(address))])).toBe(true);
      expect(allowed(acl, Perms.READ, [ip(dotted(other))])).toBe(flipped >= bits);
    }),
  );
});

test('ACL-3 ACLs that cannot be stored', () => {
  const bad: (readonly Acl[] | null)[] = [
    null,
    [],
    [entry('world', 'someone')],
    [entry('super', '')],
    [entry('nothing', 'x')],
    [entry('auth', '')],
    ...['alice', 'alice:', ':', '', 'a:b:c', 'a::b'].map((id) => [entry('digest', id)]),
    ...['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.x', '1.2.3.', '1.2.3.4/33', '1.2.3.4/-1'].map((id) => [
      entry('ip', id),
    ]),
    ...[':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4::5:6:7:8', '::1::', '12345::', '::g'].map(
      (id) => [entry('ip', id)],
    ),
    [...OPEN_ACL_UNSAFE, entry('digest', 'alice')],
  ];
  for (const acl of bad) expect(fixAcl(acl, [LOCAL]), JSON.stringify(acl)).toBeNull();
});

test('ACL-3 what is stored, without what occurs twice', () => {
  const good = [
    ...OPEN_ACL_UNSAFE,
    entry('digest', 'a:b'),
    entry('digest', ':b'),
    entry('digest', 'a:b:'),
    entry('ip', '10.0.0.0/8'),
    entry('ip', '1::'),
    entry('ip', '1:2:3:4:5:6:7::/128'),
  ];
  expect(fixAcl(good, [])).toEqual(good);
  expect(fixAcl([...good, ...good], [])).toEqual(good);
  const differing = [entry('world', 'anyone', Perms.READ), entry('world', 'anyone', Perms.WRITE)];
  expect(fixAcl(differing, [])).toEqual(differing);
});

test('ACL-4 auth is stored as the ids that the requester proved', () => {
  const auth = [entry('auth', 'whatever', Perms.READ)];
  expect(fixAcl(auth, [LOCAL, ALICE, BOB, SUPER])).toEqual([
    entry('digest', ALICE.id, Perms.READ),
    entry('digest', BOB.id, Perms.READ),
  ]);
  for (const ids of [[], [LOCAL], [SUPER], [{ scheme: 'world', id: 'anyone' }]]) {
    expect(fixAcl([...OPEN_ACL_UNSAFE, ...auth], ids)).toBeNull();
  }
});

test('ACL-5 a digest id is the user and the hash of user:password', () => {
  expect(authenticate('digest', bytes('super:test'), '')).toEqual([
    { scheme: 'digest', id: 'super:D/InIHSb7yEEbrWz8b9l71RjZJU=' },
  ]);
  expect(digestId(bytes('no colon'))).toMatch(/^no colon:[\w+/]{27}=$/);
  expect(digestId(bytes('é:a:b'))).toMatch(/^é:[\w+/]{27}=$/);
  expect(digestId(bytes('a:b'))).not.toBe(digestId(bytes('a:c')));
});

test('ACL-6 the owner of the configured digest is super as well', () => {
  const digest = digestId(bytes('super:test')) as string;
  expect(authenticate('digest', bytes('super:test'), digest)).toEqual([
    SUPER,
    { scheme: 'digest', id: digest },
  ]);
  expect(authenticate('digest', bytes('super:tesT'), digest)).toHaveLength(1);
});

test('ACL-6 ip adds nothing; other schemes, and bytes that are not UTF-8, fail', () => {
  expect(authenticate('ip', bytes('1.2.3.4'), '')).toEqual([]);
  for (const scheme of ['world', 'auth', 'super', 'sasl', '']) {
    expect(authenticate(scheme, bytes('a:b'), ''), scheme).toBeNull();
  }
  expect(authenticate('digest', new Uint8Array([0xff]), '')).toBeNull();
});

test('ACL-7 without ADMIN, hashes are not shown', () => {
  const acl = [
    entry('digest', ALICE.id, Perms.READ),
    entry('digest', BOB.id),
    entry('ip', '::1'),
    entry('world', 'anyone', Perms.READ),
  ];
  expect(readableAcl(acl, [LOCAL, BOB])).toBe(acl);
  expect(readableAcl(acl, [LOCAL, ALICE]).map((e) => e.id)).toEqual(['alice:x', 'bob:x', '::1', 'anyone']);
});
