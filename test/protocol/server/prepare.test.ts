import { describe, expect, test } from 'vitest';
import { type Acl, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { CONTAINER_OWNER, MAX_TTL, ttlOwner } from '../../../protocol/tree/owner.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import {
  check,
  closeSession,
  container,
  create,
  createSession,
  deleteContainer,
  err,
  known,
  LeaderAlone,
  multi,
  OTHER,
  only,
  reconfig,
  remove,
  SESSION,
  setAcl,
  setData,
  ttlNode,
} from './leader-alone.ts';

/** /a with the child /a/b of version 1, and the ephemeral /e. */
function sample(config = {}): LeaderAlone {
  const leader = new LeaderAlone({}, config);
  leader.write(create('/a'), create('/a/b'), setData('/a/b'), create('/e', 1));
  return leader;
}

describe('what a write becomes', () => {
  test('PREP-1 a write becomes an idempotent transaction with absolute versions', () => {
    const leader = sample();
    const data = new Uint8Array([1]);
    expect(leader.prepare(create('/a/c', 0, { data }), { cxid: 9 })).toEqual({
      kind: 'txn',
      session: SESSION,
      cxid: 9,
      zxid: 5,
      time: 5000,
      txn: {
        type: OpCode.create,
        path: '/a/c',
        data,
        acl: OPEN_ACL_UNSAFE,
        ephemeral: false,
        parentCVersion: 2,
      },
      digest: expect.any(Number),
    });
    expect(leader.txn(create('/x', 1, { type: OpCode.create2 }))).toMatchObject({
      type: OpCode.create,
      ephemeral: true,
    });
    expect(leader.txn(setData('/a/b', 1, data))).toEqual({
      type: OpCode.setData,
      path: '/a/b',
      data,
      version: 2,
    });
    const acl = READ_ACL_UNSAFE;
    expect(leader.txn(setAcl('/a/b', acl, 0))).toEqual({
      type: OpCode.setACL,
      path: '/a/b',
      acl,
      version: 1,
    });
    expect(leader.txn(remove('/a/b', 2))).toEqual({ type: OpCode.delete, path: '/a/b' });
    expect(leader.txn(createSession)).toEqual({ type: OpCode.createSession, timeout: 4000 });
  });

  test('PREP-1 the version after 2^31−1 is −2^31', () => {
    const leader = sample();
    const stat = leader.tree.nodes.get('/a')?.stat;
    if (stat === undefined) throw new Error('/a is missing');
    stat.version = stat.aversion = 0x7fff_ffff;
    expect(leader.txn(setData('/a'))).toMatchObject({ version: -0x8000_0000 });
    expect(leader.txn(setAcl('/a', OPEN_ACL_UNSAFE))).toMatchObject({ version: -0x8000_0000 });
  });

  test('PREP-14 the operation, not the flag, makes a container or a node with a time to live', () => {
    const leader = sample();
    leader.write(
      create('/p', 4),
      container('/c', 0),
      container('/n', 2),
      ttlNode('/t', 5),
      ttlNode('/t', 7, 6),
    );
    const owner = (path: string) => leader.tree.nodes.get(path)?.stat.ephemeralOwner;
    expect(['/p', '/c', '/n0000000004', '/t', '/t0000000006'].map(owner)).toEqual([
      '0000000000000000',
      CONTAINER_OWNER,
      CONTAINER_OWNER,
      ttlOwner(5),
      ttlOwner(7),
    ]);
  });

  test('PREP-14 a time to live needs extendedTypes, its own operation and 1 ms to 2^40−1 ms', () => {
    const leader = sample();
    for (const ttl of [0, -1, 0.5, MAX_TTL + 1, Number.NaN]) {
      expect(leader.err(ttlNode('/t', ttl)), String(ttl)).toBe(ErrorCode.BADARGUMENTS);
    }
    expect([leader.err(ttlNode('/t', 1)), leader.err(ttlNode('/t', MAX_TTL, 6))]).toEqual([0, 0]);
    for (const flags of [0, 1, 2, 3, 4]) {
      expect(leader.err(ttlNode('/t', 1, flags))).toBe(ErrorCode.BADARGUMENTS);
      expect(leader.err(ttlNode('/t', -1, flags))).toBe(ErrorCode.BADARGUMENTS);
    }
    for (const op of [create('/t', 5), container('/t', 6)])
      expect(leader.err(op)).toBe(ErrorCode.BADARGUMENTS);
    const without = sample({ extendedTypes: false });
    for (const op of [create('/t', 5), container('/t', 6), ttlNode('', 0)]) {
      expect(without.err(op, { sessionErr: ErrorCode.SESSIONMOVED })).toBe(ErrorCode.UNIMPLEMENTED);
    }
  });
});

describe('what is refused', () => {
  test('PREP-2 checks of create, in Apache’s order', () => {
    const leader = sample();
    leader.write(create('/locked', 0, { acl: READ_ACL_UNSAFE }));
    const op = (path: string, flags = 0, acl: readonly Acl[] | null = OPEN_ACL_UNSAFE) =>
      leader.err(create(path, flags, { acl: acl as readonly Acl[] }));
    for (const flags of [7, -1, 0.5, Number.NaN]) expect(op('', flags, [])).toBe(ErrorCode.BADARGUMENTS);
    expect([op('', 0, []), op('x', 0, []), op('/x\0', 0, [])]).toEqual(Array(3).fill(ErrorCode.BADARGUMENTS));
    expect([op('/x/y', 0, []), op('/x/y', 0, null)]).toEqual([ErrorCode.INVALIDACL, ErrorCode.INVALIDACL]);
    expect([op('/x/y/'), op('x/y')]).toEqual([ErrorCode.NONODE, ErrorCode.NONODE]);
    expect([op('/locked/'), op('/locked/x')]).toEqual([ErrorCode.NOAUTH, ErrorCode.NOAUTH]);
    expect([op('/a/'), op('//'), op('/..')]).toEqual(Array(3).fill(ErrorCode.BADARGUMENTS));
    expect([op('/'), op('/a'), op('/zookeeper/config')]).toEqual(Array(3).fill(ErrorCode.NODEEXISTS));
    expect([op('/e/x'), op('/e/', 2), op('/x')]).toEqual([-108, -108, ErrorCode.OK]);
  });

  test('PREP-2 containers and nodes with a time to live may have children', () => {
    const leader = sample();
    leader.write(container('/c'), ttlNode('/t', 5));
    expect([leader.err(create('/c/x', 1)), leader.err(create('/t/x'))]).toEqual([ErrorCode.OK, ErrorCode.OK]);
  });

  test('PREP-3 the ACL is stored repaired: duplicates dropped, auth replaced by who asks', () => {
    const leader = sample();
    const acl: Acl[] = [
      ...OPEN_ACL_UNSAFE,
      ...OPEN_ACL_UNSAFE,
      { perms: Perms.READ, scheme: 'auth', id: '' },
    ];
    const stored = [...OPEN_ACL_UNSAFE, ...only('u:x', Perms.READ)];
    expect(leader.txn(create('/x', 0, { acl }), { auth: known('u:x') })).toMatchObject({ acl: stored });
    expect(leader.txn(setAcl('/a', acl), { auth: known('u:x') })).toMatchObject({ acl: stored });
    expect(leader.txn(setAcl('/a', acl))).toEqual(err(ErrorCode.INVALIDACL));
  });

  test('PREP-3 CREATE and DELETE of the parent, WRITE, ADMIN and READ of the node are needed', () => {
    const leader = sample();
    const needs = (perm: number, op: Parameters<LeaderAlone['txn']>[0], path: string) => {
      const node = leader.tree.nodes.get(path);
      if (node === undefined) throw new Error(`${path} is missing`);
      node.acl = only('u:x', perm);
      const granted = leader.txn(op, { auth: known('u:x') });
      leader.changes.clear();
      node.acl = only('u:x', Perms.ALL & ~perm);
      const denied = leader.txn(op, { auth: known('u:x') });
      leader.changes.clear();
      node.acl = OPEN_ACL_UNSAFE;
      return [granted, denied].map((txn) => {
        const { type, err: code } = (txn.type === OpCode.multi ? txn.txns[0] : txn) as {
          type: number;
          err?: number;
        };
        return type === OpCode.error ? code : ErrorCode.OK;
      });
    };
    const expected = [ErrorCode.OK, ErrorCode.NOAUTH];
    expect(needs(Perms.CREATE, create('/a/x'), '/a')).toEqual(expected);
    expect(needs(Perms.DELETE, remove('/a/b'), '/a')).toEqual(expected);
    expect(needs(Perms.WRITE, setData('/a'), '/a')).toEqual(expected);
    expect(needs(Perms.ADMIN, setAcl('/a', OPEN_ACL_UNSAFE), '/a')).toEqual(expected);
    expect(needs(Perms.READ, multi(check('/a')), '/a')).toEqual(expected);
    expect(leader.err(setData('/zookeeper/config'))).toBe(ErrorCode.NOAUTH);
  });

  test('PREP-4 checks of delete, in Apache’s order; system nodes stay', () => {
    const leader = sample();
    leader.write(create('/locked'), create('/locked/x'), setAcl('/locked', READ_ACL_UNSAFE));
    for (const path of ['', 'a', '/a\0', '/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
      expect(leader.err(remove(path)), path).toBe(ErrorCode.BADARGUMENTS);
    }
    for (const path of ['/x/y', '/a/x', '/a/', '//']) expect(leader.err(remove(path))).toBe(ErrorCode.NONODE);
    expect([leader.err(remove('/locked/none')), leader.err(remove('/locked/x', 5))]).toEqual([-102, -102]);
    expect(leader.err(remove('/a', 5))).toBe(ErrorCode.BADVERSION);
    expect(leader.err(remove('/a', 0))).toBe(ErrorCode.NOTEMPTY);
    expect(leader.err(remove('/a/b', 0))).toBe(ErrorCode.BADVERSION);
    expect(leader.err(remove('/a/b', 1))).toBe(ErrorCode.OK);
  });

  test('PREP-5 checks of setData, in Apache’s order; the root has data too', () => {
    const leader = sample();
    for (const path of ['', 'a', '/a/', '/a//b']) {
      expect(leader.err(setData(path)), path).toBe(ErrorCode.BADARGUMENTS);
    }
    expect(leader.err(setData('/x', 5))).toBe(ErrorCode.NONODE);
    expect(leader.err(setData('/zookeeper/config', 5))).toBe(ErrorCode.NOAUTH);
    expect(leader.err(setData('/a/b', 0))).toBe(ErrorCode.BADVERSION);
    expect([leader.err(setData('/a/b', 1)), leader.err(setData('/'))]).toEqual([ErrorCode.OK, ErrorCode.OK]);
  });

  test('PREP-12 checks of setACL, in Apache’s order, against the aversion', () => {
    const leader = sample();
    const open = OPEN_ACL_UNSAFE;
    for (const path of ['', 'a', '/a/']) expect(leader.err(setAcl(path, []))).toBe(ErrorCode.BADARGUMENTS);
    expect(leader.err(setAcl('/x', []))).toBe(ErrorCode.INVALIDACL);
    expect(leader.err(setAcl('/x', open, 5))).toBe(ErrorCode.NONODE);
    expect(leader.err(setAcl('/zookeeper/config', open, 5))).toBe(ErrorCode.NOAUTH);
    expect(leader.err(setAcl('/a/b', open, 1))).toBe(ErrorCode.BADVERSION);
    expect(leader.err(setAcl('/a/b', open, 0))).toBe(ErrorCode.OK);
  });

  test('PREP-12 checks of a check, in Apache’s order', () => {
    const leader = sample();
    leader.write(create('/locked', 0, { acl: only('u:x') }));
    const parts = (...ops: Parameters<typeof multi>) => {
      const txn = leader.txn(multi(...ops));
      leader.changes.clear();
      return txn.type === OpCode.multi ? txn.txns[0] : txn;
    };
    for (const path of ['', 'a', '/a/']) expect(parts(check(path))).toEqual(err(ErrorCode.BADARGUMENTS));
    expect(parts(check('/x', 5))).toEqual(err(ErrorCode.NONODE));
    expect(parts(check('/locked', 5))).toEqual(err(ErrorCode.NOAUTH));
    expect(parts(check('/a/b', 0))).toEqual(err(ErrorCode.BADVERSION));
    expect(parts(check('/a/b', 1))).toEqual({ type: OpCode.check, path: '/a/b', version: 2 });
  });

  test('PREP-13 checks of deleteContainer: no permission, but no session’s node and none with children', () => {
    const leader = sample();
    leader.write(create('/p'), container('/p/c'), container('/f'), create('/f/x'), ttlNode('/t', 5));
    leader.write(setAcl('/p', READ_ACL_UNSAFE));
    const op = (path: string) => leader.err(deleteContainer(path));
    expect(['', 'x', '/x\0', '/', '/zookeeper'].map(op)).toEqual(Array(5).fill(ErrorCode.BADARGUMENTS));
    expect(['/x', '/x/y', '/a/'].map(op)).toEqual(Array(3).fill(ErrorCode.NONODE));
    expect([op('/f'), op('/e')]).toEqual([ErrorCode.NOTEMPTY, ErrorCode.BADVERSION]);
    expect(['/p/c', '/t', '/a/b'].map(op)).toEqual([ErrorCode.OK, ErrorCode.OK, ErrorCode.OK]);
    expect(leader.txn(deleteContainer('/p/c'))).toEqual({ type: OpCode.delete, path: '/p/c' });
  });

  test('PREP-15 reconfig is disabled, whoever asks', () => {
    const leader = sample();
    const auth = [{ scheme: 'super', id: '' }];
    expect(leader.err(reconfig, { auth, sessionErr: ErrorCode.SESSIONEXPIRED })).toBe(
      ErrorCode.RECONFIGDISABLED,
    );
  });

  test('PREP-16 a hard quota refuses what would exceed it, as the tree counts now, where quotas are enforced', () => {
    const bytes = (length: number) => new Uint8Array(length);
    const text = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));
    const build = (enforceQuota: boolean) => {
      const leader = sample({ enforceQuota });
      leader.write(
        create('/zookeeper/quota/a'),
        create('/zookeeper/quota/a/zookeeper_limits', 0, {
          data: text('count=-1,bytes=-1;byteHardLimit=10;countHardLimit=3'),
        }),
        create('/zookeeper/quota/a/zookeeper_stats', 0, { data: text('count=2,bytes=0') }),
      );
      return leader;
    };
    const leader = build(true);
    expect(leader.err(create('/a/x', 0, { data: bytes(11) }))).toBe(ErrorCode.QUOTAEXCEEDED);
    expect(leader.err(create('/e/x', 0, { data: bytes(11) }))).toBe(ErrorCode.NOCHILDRENFOREPHEMERALS);
    expect(leader.err(setData('/a/b', 7, bytes(11)))).toBe(ErrorCode.QUOTAEXCEEDED);
    expect(leader.err(setData('/a/b', 7, bytes(10)))).toBe(ErrorCode.BADVERSION);
    leader.write(setData('/a/b', -1, bytes(10)));
    expect([leader.err(setData('/a/b', -1, bytes(10))), leader.err(setData('/a', -1, bytes(1)))]).toEqual([
      0, -125,
    ]);
    expect(leader.txn(multi(create('/a/x'), setData('/a', -1, bytes(1))))).toMatchObject({
      txns: [{ err: 0 }, { err: ErrorCode.QUOTAEXCEEDED }],
    });
    leader.write(create('/a/x'));
    expect(leader.err(create('/a/y'))).toBe(ErrorCode.QUOTAEXCEEDED);
    expect(build(false).err(create('/a/x', 0, { data: bytes(11) }))).toBe(ErrorCode.OK);
  });
});

describe('sequential znodes', () => {
  const named = (leader: LeaderAlone, path: string, flags = 2) => {
    const txn = leader.txn(create(path, flags));
    return txn.type === OpCode.create ? txn.path : txn;
  };

  test('PREP-9 a sequential znode is numbered by the children ever created, deleted and pending ones too', () => {
    const leader = sample();
    expect([named(leader, '/a/n'), named(leader, '/a/n', 3)]).toEqual(['/a/n0000000001', '/a/n0000000002']);
    leader.txn(remove('/a/n0000000002'));
    expect([named(leader, '/a/'), named(leader, '/', 3)]).toEqual(['/a/0000000003', '/0000000002']);
    leader.applyAll();
    expect(named(leader, '/a/m')).toBe('/a/m0000000004');
    const byChildren = new LeaderAlone({ sequence: (_, numChildren) => numChildren });
    byChildren.write(create('/a'), create('/a/n', 2), remove('/a/n0000000000'));
    expect(named(byChildren, '/a/n')).toBe('/a/n0000000000');
  });

  test('PREP-9 the path is validated with its number, which has ten characters at least, sign included', () => {
    const leader = sample();
    expect([named(leader, '/a//'), named(leader, '/a/./')]).toEqual([
      err(ErrorCode.NONODE),
      err(ErrorCode.NONODE),
    ]);
    expect(named(leader, '/a/\x01')).toEqual(err(ErrorCode.BADARGUMENTS));
    const stat = leader.tree.nodes.get('/a')?.stat;
    if (stat === undefined) throw new Error('/a is missing');
    for (const [cversion, suffix] of [
      [12_345, '0000012345'],
      [0x7fff_ffff, '2147483647'],
      [-1, '-000000001'],
      [-0x8000_0000, '-2147483648'],
    ] as const) {
      stat.cversion = cversion;
      leader.changes.clear();
      expect(named(leader, '/a/n')).toBe(`/a/n${suffix}`);
    }
  });

  test('PREP-9 a number that is taken is an error: the counter stands still at its end, as the tree’s does', () => {
    const leader = sample();
    const stat = leader.tree.nodes.get('/a')?.stat;
    if (stat === undefined) throw new Error('/a is missing');
    stat.cversion = 0x7fff_ffff;
    expect(named(leader, '/a/n')).toBe('/a/n2147483647');
    expect(named(leader, '/a/n')).toEqual(err(ErrorCode.NODEEXISTS));
    leader.applyAll();
    expect(named(leader, '/a/n')).toEqual(err(ErrorCode.NODEEXISTS));
  });
});

describe('sessions', () => {
  const moved = { sessionErr: ErrorCode.SESSIONMOVED, ephemeralErr: ErrorCode.EPHEMERALONLOCALSESSION };

  test('PREP-10 a session that may not write is told so before anything else, of a create after flag and TTL', () => {
    const leader = sample();
    for (const op of [
      remove(''),
      setData(''),
      setAcl('', []),
      create('', 0),
      container(''),
      ttlNode('', 1),
    ]) {
      expect(leader.err(op, moved)).toBe(ErrorCode.SESSIONMOVED);
    }
    for (const flags of [1, 3])
      expect(leader.err(create('', flags), moved)).toBe(ErrorCode.EPHEMERALONLOCALSESSION);
    expect(leader.err(container('', 1), moved)).toBe(ErrorCode.EPHEMERALONLOCALSESSION);
    expect([leader.err(create('', 7), moved), leader.err(ttlNode('', 0), moved)]).toEqual([-8, -8]);
    expect(leader.txn(multi(check('')), moved)).toMatchObject({ txns: [err(ErrorCode.SESSIONMOVED)] });
    for (const op of [createSession, closeSession, deleteContainer('/a/b'), multi()]) {
      expect(leader.err(op, moved)).toBe(ErrorCode.OK);
    }
  });

  test('PREP-10 closeSession lists the session’s ephemerals as they will be, sorted', () => {
    const leader = sample();
    leader.write(create('/a/f', 1), create('/g', 1), create('/h', 1));
    leader.txn(remove('/e'));
    leader.txn(multi(create('/Z', 1), create('/a/d', 1)));
    leader.txn(create('/theirs', 1), { session: OTHER });
    leader.txn(setData('/g'));
    leader.txn(remove('/h'));
    leader.txn(create('/h'));
    expect(leader.txn(closeSession)).toEqual({
      type: OpCode.closeSession,
      paths: ['/Z', '/a/d', '/a/f', '/g'],
    });
    expect(leader.txn(closeSession)).toEqual({ type: OpCode.closeSession, paths: [] });
    expect(leader.txn(setData('/g'))).toEqual(err(ErrorCode.NONODE));
    expect(leader.txn(remove('/a/b'))).toMatchObject({ path: '/a/b' });
    expect(leader.txn(remove('/a'))).toMatchObject({ path: '/a' });
    expect(leader.txn(closeSession, { session: OTHER })).toMatchObject({ paths: ['/theirs'] });
    expect(new LeaderAlone().txn(closeSession)).toMatchObject({ paths: [] });
  });

  test('PREP-10 without deletesEphemerals nothing goes with a session', () => {
    const leader = new LeaderAlone({ deletesEphemerals: false });
    leader.write(create('/e', 1));
    expect(leader.txn(closeSession)).toEqual({ type: OpCode.closeSession, paths: [] });
    expect(leader.txn(setData('/e'))).toMatchObject({ version: 1 });
  });
});
