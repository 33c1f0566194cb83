import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../../protocol/config.ts';
import { CreateFlag, type MultiOp, type ReadOp, type WriteOp } from '../../../../protocol/request.ts';
import { OutstandingChanges } from '../../../../protocol/server/prepare.ts';
import { answerRead } from '../../../../protocol/server/reads.ts';
import { serviceRules } from '../../../../protocol/server/service-rules.ts';
import { type Acl, type Id, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { DataTree } from '../../../../protocol/tree/tree.ts';
import type { Watches } from '../../../../protocol/tree/watches.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId, type TxnRecord } from '../../../../protocol/txn.ts';
import { makeZxid, type Zxid } from '../../../../protocol/zxid.ts';
import { Model, type Outcome } from '../../../../sim/check/service/model.ts';
import { fixedAcl, type Identity, NOBODY, permission } from '../../../../sim/check/service/model-acl.ts';
import { digestId } from '../../../../sim/check/service/model-digest-id.ts';
import { Draft } from '../../../../sim/check/service/model-draft.ts';
import { readAt } from '../../../../sim/check/service/model-reads.ts';
import { sequenceSuffix, transactionOf, UNKNOWN } from '../../../../sim/check/service/model-writes.ts';

const SESSION: SessionId = '0100000000000001';
const OTHER: SessionId = '0200000000000001';
const SETTINGS = { ...DEFAULT_CONFIG, extendedTypes: true };
const bytes = (text: string) => Uint8Array.from([...text].map((c) => c.charCodeAt(0)));

/** A model that proposes for itself: the sequential server. */
class Sequential {
  readonly model = new Model(SETTINGS);
  counter = 0;

  constructor() {
    this.run({ type: OpCode.createSession, timeout: 4000 });
    this.run({ type: OpCode.createSession, timeout: 4000 }, OTHER);
  }

  /** Wall clock: 1000 · counter. */
  run(op: WriteOp, session: SessionId = SESSION, who: Identity = NOBODY): Outcome {
    const zxid = makeZxid(1, ++this.counter);
    const time = 1000 * this.counter;
    const moment = { session, zxid, time };
    const txn = transactionOf(op, new Draft(this.model, moment), who, SETTINGS);
    if (txn === UNKNOWN) throw new Error('the model does not know');
    const record: TxnRecord = { kind: 'txn', session, cxid: this.counter, zxid, time, txn, digest: 0 };
    return this.model.commit(record, { op, who, mayBeClosing: false });
  }

  read(op: ReadOp, zxid: Zxid = this.model.zxid, session = SESSION, who: Identity = NOBODY) {
    return readAt(this.model, zxid, op, session, who);
  }

  stat(path: string) {
    return this.read({ type: OpCode.exists, path, watch: false })?.stat;
  }
}

const create = (path: string, flags: number = CreateFlag.PERSISTENT, acl: readonly Acl[] = OPEN_ACL_UNSAFE) =>
  ({ type: OpCode.create, path, data: bytes('x'), acl, flags }) as const;

describe('Stat to the letter', () => {
  it('SVC-READ a new root shows cversion −1 and one child', () => {
    expect(new Sequential().stat('/')).toEqual({
      czxid: 0,
      mzxid: 0,
      ctime: 0,
      mtime: 0,
      version: 0,
      cversion: -1,
      aversion: 0,
      ephemeralOwner: NO_SESSION,
      dataLength: 0,
      numChildren: 1,
      pzxid: 0,
    });
  });

  it('SVC-READ create, setData, setACL, child changes and delete move exactly the fields of facts, section 5', () => {
    const s = new Sequential();
    s.run(create('/a'));
    const at3 = makeZxid(1, 3);
    const fresh = {
      czxid: at3,
      mzxid: at3,
      ctime: 3000,
      mtime: 3000,
      version: 0,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: NO_SESSION,
      dataLength: 1,
      numChildren: 0,
      pzxid: at3,
    };
    expect(s.stat('/a')).toEqual(fresh);
    expect(s.stat('/')).toMatchObject({ cversion: 0, pzxid: at3, numChildren: 2, mzxid: 0, mtime: 0 });
    s.run({ type: OpCode.setData, path: '/a', data: null, version: 0 });
    const set = { ...fresh, version: 1, mzxid: makeZxid(1, 4), mtime: 4000, dataLength: 0 };
    expect(s.stat('/a')).toEqual(set);
    s.run({ type: OpCode.setACL, path: '/a', acl: OPEN_ACL_UNSAFE, version: 0 });
    expect(s.stat('/a')).toEqual({ ...set, aversion: 1 });
    s.run(create('/a/b', CreateFlag.EPHEMERAL));
    expect(s.stat('/a')).toEqual({
      ...set,
      aversion: 1,
      cversion: 1,
      numChildren: 1,
      pzxid: makeZxid(1, 6),
    });
    expect(s.stat('/a/b')?.ephemeralOwner).toBe(SESSION);
    s.run({ type: OpCode.delete, path: '/a/b', version: -1 });
    expect(s.stat('/a')).toEqual({
      ...set,
      aversion: 1,
      cversion: 2,
      numChildren: 0,
      pzxid: makeZxid(1, 7),
    });
  });

  it('SVC-READ container and TTL nodes show no owner', () => {
    const s = new Sequential();
    s.run({ ...create('/c', CreateFlag.CONTAINER), type: OpCode.createContainer });
    s.run({ ...create('/t', CreateFlag.PERSISTENT_WITH_TTL), type: OpCode.createTTL, ttl: 5 });
    expect(s.stat('/c')?.ephemeralOwner).toBe(NO_SESSION);
    expect(s.stat('/t')?.ephemeralOwner).toBe(NO_SESSION);
    expect(s.model.nodeAt('/t', s.model.zxid)).toMatchObject({ kind: 'ttl', ttl: 5 });
  });
});

describe('which error comes first', () => {
  const s = new Sequential();
  s.run(create('/p'));
  s.run(create('/p/full'));
  s.run(create('/e', CreateFlag.EPHEMERAL));
  s.run(create('/closed', CreateFlag.PERSISTENT, READ_ACL_UNSAFE));
  const bad: readonly Acl[] = [];
  const gone = '0300000000000001';
  const cases: readonly (readonly [string, WriteOp, number, SessionId?])[] = [
    ['create: flags before all', create('', 7, bad), ErrorCode.BADARGUMENTS],
    ['create: session before path', create('x', 0), ErrorCode.SESSIONEXPIRED, gone],
    ['create: path before ACL', create('x', 0, bad), ErrorCode.BADARGUMENTS],
    ['create: ACL before parent', create('/no/x', 0, bad), ErrorCode.INVALIDACL],
    ['create: parent before whole path', create('/no/../x'), ErrorCode.NONODE],
    ['create: permission before whole path', create('/closed/..'), ErrorCode.NOAUTH],
    ['create: whole path before existence', create('/p/.'), ErrorCode.BADARGUMENTS],
    ['create: existence', create('/p'), ErrorCode.NODEEXISTS],
    ['create: below an ephemeral', create('/e/x'), ErrorCode.NOCHILDRENFOREPHEMERALS],
    ['create: TTL flag without a TTL', create('/t', 5), ErrorCode.BADARGUMENTS],
    [
      'create: a TTL without the flag',
      { ...create('/t'), type: OpCode.createTTL, ttl: 5 },
      ErrorCode.BADARGUMENTS,
    ],
    ['delete: session first', { type: OpCode.delete, path: '/', version: 0 }, ErrorCode.SESSIONEXPIRED, gone],
    [
      'delete: system nodes',
      { type: OpCode.delete, path: '/zookeeper/quota', version: 9 },
      ErrorCode.BADARGUMENTS,
    ],
    [
      'delete: permission on the parent before the node',
      { type: OpCode.delete, path: '/closed/x', version: 0 },
      ErrorCode.NOAUTH,
    ],
    [
      'delete: version before children',
      { type: OpCode.delete, path: '/p', version: 9 },
      ErrorCode.BADVERSION,
    ],
    ['delete: children', { type: OpCode.delete, path: '/p', version: 0 }, ErrorCode.NOTEMPTY],
    ['setData: path', { type: OpCode.setData, path: '/p/', data: null, version: 0 }, ErrorCode.BADARGUMENTS],
    [
      'setData: permission before version',
      { type: OpCode.setData, path: '/closed', data: null, version: 9 },
      ErrorCode.NOAUTH,
    ],
    ['setData: version', { type: OpCode.setData, path: '/p', data: null, version: 9 }, ErrorCode.BADVERSION],
    [
      'setACL: ACL before node',
      { type: OpCode.setACL, path: '/no', acl: bad, version: 0 },
      ErrorCode.INVALIDACL,
    ],
    [
      'setACL: aversion',
      { type: OpCode.setACL, path: '/p', acl: OPEN_ACL_UNSAFE, version: 9 },
      ErrorCode.BADVERSION,
    ],
    ['reconfig is disabled', { type: OpCode.reconfig }, ErrorCode.RECONFIGDISABLED],
  ];
  for (const [name, op, err, session] of cases) {
    it(`SVC-LINEARIZABLE-WRITES ${name}`, () => {
      const outcome = s.run(op, session);
      expect(outcome.result).toEqual({ err });
      expect(outcome.changes).toEqual([]);
    });
  }
});

describe('several at once', () => {
  it('SVC-ATOMIC a multi that fails changes nothing: 0 before the failure, −2 after it, and the header is fine', () => {
    const s = new Sequential();
    const before = s.stat('/');
    const ops: MultiOp[] = [create('/a'), create('/a'), create('/b')];
    const outcome = s.run({ type: OpCode.multi, ops });
    expect(outcome.result).toEqual({ err: 0, results: [{ err: 0 }, { err: -110 }, { err: -2 }] });
    expect(outcome.changes).toEqual([]);
    expect(s.stat('/')).toEqual(before);
  });

  it('SVC-ATOMIC the parts of a multi see each other, under one zxid', () => {
    const s = new Sequential();
    const outcome = s.run({
      type: OpCode.multi,
      ops: [
        create('/a'),
        { ...create('/a/n-', CreateFlag.PERSISTENT_SEQUENTIAL), type: OpCode.create2 },
        { type: OpCode.check, path: '/a', version: 0 },
        { type: OpCode.setData, path: '/a', data: null, version: 0 },
        { type: OpCode.delete, path: '/a/n-0000000000', version: 0 },
      ],
    });
    const results = outcome.result?.results ?? [];
    expect(results[0]).toEqual({ err: 0, path: '/a' });
    expect(results[1]).toEqual({ err: 0, path: '/a/n-0000000000' });
    expect(results[2]).toEqual({ err: 0 });
    expect(results[3]?.stat).toMatchObject({ version: 1, numChildren: 1, cversion: 1 });
    expect(results[4]).toEqual({ err: 0 });
    expect(outcome.changes.map((change) => `${change.kind} ${change.path}`)).toEqual([
      'created /a',
      'created /a/n-0000000000',
      'data /a',
      'deleted /a/n-0000000000',
    ]);
    expect(s.stat('/a')).toMatchObject({ cversion: 2, numChildren: 0 });
    expect(s.read({ type: OpCode.getChildren, path: '/a', watch: false })?.children).toEqual([]);
  });

  it('SVC-LINEARIZABLE-WRITES the end of a session deletes its ephemerals, sorted; its later writes fail', () => {
    const s = new Sequential();
    s.run(create('/b', CreateFlag.EPHEMERAL));
    s.run(create('/a', CreateFlag.EPHEMERAL));
    s.run(create('/mine', CreateFlag.EPHEMERAL), OTHER);
    const ends = s.run({ type: OpCode.closeSession });
    expect(ends.changes.map((change) => `${change.kind} ${change.path}`)).toEqual([
      'deleted /a',
      'deleted /b',
    ]);
    expect(s.run(create('/c')).result).toEqual({ err: ErrorCode.SESSIONEXPIRED });
    expect(s.read({ type: OpCode.getEphemerals, path: '/' }, undefined, OTHER)?.ephemerals).toEqual([
      '/mine',
    ]);
  });
});

describe('names and numbers', () => {
  it('SVC-SEQUENCE a suffix has ten places, the sign among them', () => {
    expect(sequenceSuffix(0)).toBe('0000000000');
    expect(sequenceSuffix(2147483647)).toBe('2147483647');
    expect(sequenceSuffix(-2147483648)).toBe('-2147483648');
    expect(sequenceSuffix(-7)).toBe('-000000007');
  });

  it('SVC-SEQUENCE deleting children does not give numbers back', () => {
    const s = new Sequential();
    s.run(create('/q'));
    const next = () => s.run(create('/q/n-', CreateFlag.PERSISTENT_SEQUENTIAL)).result?.path;
    expect(next()).toBe('/q/n-0000000000');
    s.run({ type: OpCode.delete, path: '/q/n-0000000000', version: -1 });
    expect(next()).toBe('/q/n-0000000001');
  });
});

describe('access', () => {
  const digest = (id: string, perms: number = Perms.ALL): Acl => ({ perms, scheme: 'digest', id });

  it('SVC-LINEARIZABLE-WRITES a digest is SHA-1 in base64', () => {
    expect(digestId(bytes('super:test'))).toBe('super:D/InIHSb7yEEbrWz8b9l71RjZJU=');
    expect(digestId(bytes('nobody'))).toBe(null);
  });

  it('SVC-LINEARIZABLE-WRITES what depends on an address, or an unknown identity, is unknown', () => {
    const who: Identity = { ids: [{ scheme: 'digest', id: 'u:h' }], superuser: false };
    const ip: Acl = { perms: Perms.ALL, scheme: 'ip', id: '10.0.0.1' };
    expect(permission([digest('u:h')], Perms.WRITE, who)).toBe('granted');
    expect(permission([digest('u:h')], Perms.WRITE, NOBODY)).toBe('denied');
    expect(permission([digest('u:h')], Perms.WRITE, null)).toBe('unknown');
    expect(permission([ip], Perms.WRITE, who)).toBe('unknown');
    expect(permission(READ_ACL_UNSAFE, Perms.WRITE, { ids: [], superuser: true })).toBe('granted');
    expect(permission(READ_ACL_UNSAFE, Perms.READ, null)).toBe('granted');
  });

  it('SVC-LINEARIZABLE-WRITES an ACL loses its duplicates, and `auth` becomes whom it stands for', () => {
    const who: Identity = { ids: [{ scheme: 'digest', id: 'u:h' }], superuser: false };
    const auth: Acl = { perms: Perms.ALL, scheme: 'auth', id: '' };
    expect(fixedAcl([auth, auth], who)).toEqual([digest('u:h')]);
    expect(fixedAcl([auth], NOBODY)).toBe('invalid');
    expect(fixedAcl([digest('nohash')], who)).toBe('invalid');
    expect(fixedAcl([{ perms: 1, scheme: 'world', id: 'someone' }], who)).toBe('invalid');
    expect(fixedAcl([{ perms: 1, scheme: 'magic', id: 'x' }], who)).toBe('invalid');
  });
});

// --- laws

const PATHS = ['/a', '/b', '/a/x', '/a/y', '/a/x/z', '/b/x', '/', '/zookeeper/config', '/a/', 'a'];
const path = fc.constantFrom(...PATHS);
const version = fc.constantFrom(-1, -1, 0, 1);
const data = fc.constantFrom(null, bytes(''), bytes('12'));
const acl = fc.constantFrom<readonly Acl[]>(
  OPEN_ACL_UNSAFE,
  OPEN_ACL_UNSAFE,
  OPEN_ACL_UNSAFE,
  READ_ACL_UNSAFE,
  [{ perms: Perms.ALL, scheme: 'digest', id: 'u:h' }],
  [{ perms: Perms.ALL, scheme: 'auth', id: '' }],
  [],
);
const simple: fc.Arbitrary<MultiOp> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom(OpCode.create, OpCode.create2),
      path,
      data,
      acl,
      flags: fc.constantFrom(0, 0, 1, 2, 3, 7),
    }),
  },
  fc.record({ type: fc.constant(OpCode.createContainer), path, data, acl, flags: fc.constant(4) }),
  fc.record({
    type: fc.constant(OpCode.createTTL),
    path,
    data,
    acl,
    flags: fc.constantFrom(5, 6, 0),
    ttl: fc.constantFrom(1, 1000, 0),
  }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant(OpCode.delete), path, version }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant(OpCode.setData), path, data, version }) },
  fc.record({ type: fc.constant(OpCode.check), path, version }),
);
const write: fc.Arbitrary<WriteOp> = fc.oneof(
  { weight: 6, arbitrary: simple.filter((op) => op.type !== OpCode.check) as fc.Arbitrary<WriteOp> },
  fc.record({ type: fc.constant(OpCode.setACL), path, acl, version }),
  fc.record({ type: fc.constant(OpCode.multi), ops: fc.array(simple, { maxLength: 4 }) }),
  fc.record({ type: fc.constant(OpCode.deleteContainer), path }),
  fc.constant<WriteOp>({ type: OpCode.reconfig }),
  fc.constant<WriteOp>({ type: OpCode.closeSession }),
  fc.constant<WriteOp>({ type: OpCode.createSession, timeout: 4000 }),
);
const step = fc.tuple(write, fc.constantFrom(SESSION, SESSION, SESSION, OTHER), fc.boolean());

const READS: readonly ReadOp[] = [
  ...PATHS.flatMap((path): ReadOp[] => [
    { type: OpCode.exists, path, watch: false },
    { type: OpCode.getData, path, watch: false },
    { type: OpCode.getChildren2, path, watch: false },
    { type: OpCode.getACL, path },
    { type: OpCode.getAllChildrenNumber, path },
  ]),
  { type: OpCode.getEphemerals, path: '/' },
  { type: OpCode.getEphemerals, path: '/a' },
  {
    type: OpCode.multiRead,
    ops: [
      { type: OpCode.getData, path: '/a', watch: false },
      { type: OpCode.getChildren, path: '/b', watch: false },
    ],
  },
];
const NO_WATCHES = {} as unknown as Watches;
const ALICE: readonly Id[] = [{ scheme: 'digest', id: 'u:h' }];

describe('laws', () => {
  it('SVC-LINEARIZABLE-WRITES SVC-READ the server that prepares and applies one by one and the model agree', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tree = new DataTree();
        const changes = new OutstandingChanges(SETTINGS, serviceRules);
        const model = new Model(SETTINGS);
        let counter = 0;
        const run = (op: WriteOp, session: SessionId, alice: boolean) => {
          const zxid = makeZxid(1, ++counter);
          const open = tree.sessions.has(session) || op.type === OpCode.createSession;
          const sessionErr = open ? ErrorCode.OK : ErrorCode.SESSIONEXPIRED;
          const auth = [{ scheme: 'ip', id: '10.0.0.1' }, ...(alice ? ALICE : [])];
          const who = { ids: alice ? ALICE : [], superuser: false };
          const request = { session, cxid: counter, auth, op, sessionErr, ephemeralErr: sessionErr };
          const record = changes.prepare(tree, request, zxid, 1000 + counter);
          const result = tree.apply(record);
          changes.applied(zxid);
          const outcome = model.commit(record, { op, who, mayBeClosing: false });
          expect(outcome.expected).toEqual(record.txn);
          expect(outcome.agrees).toBe(true);
          expect(outcome.result?.err).toBe(result.err);
          if (outcome.result?.stat !== undefined) expect(outcome.result.stat).toEqual(result.stat);
          if (outcome.result?.path !== undefined) expect(outcome.result.path).toBe(result.path);
          outcome.result?.results?.forEach((part, i) => {
            const { err, path, stat } = result.results?.[i] ?? { err: 1 };
            expect(part.err).toBe(err);
            if (part.path !== undefined) expect(part.path).toBe(path);
            if (part.stat !== undefined) expect(part.stat).toEqual(stat);
          });
          for (const read of READS) {
            const said = answerRead(read, tree, NO_WATCHES, 1, session, auth);
            const known = readAt(model, zxid, read, session, who);
            if (known !== null) expect(known).toEqual(said);
          }
        };
        run({ type: OpCode.createSession, timeout: 4000 }, SESSION, false);
        run({ type: OpCode.createSession, timeout: 4000 }, OTHER, false);
        for (const [op, session, alice] of steps) run(op, session, alice);
      }),
      { numRuns: 150 },
    );
  });

  it('SVC-READ what was true at a zxid stays readable, and a branch has its own future', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 30 }), fc.nat(), (steps, at) => {
        const whole = new Sequential();
        const part = new Sequential();
        const cut = at % steps.length;
        for (const [op, session] of steps.slice(0, cut)) part.run(op, session);
        const zxid = part.model.zxid;
        for (const [op, session] of steps) whole.run(op, session);
        const branch = whole.model.branch(zxid);
        const look = (model: Model, when: Zxid) =>
          READS.map((read) => readAt(model, when, read, SESSION, NOBODY));
        expect(look(whole.model, zxid)).toEqual(look(part.model, zxid));
        // Another future, on the branch and by itself.
        const record: TxnRecord = {
          kind: 'txn',
          session: SESSION,
          cxid: 1,
          zxid: makeZxid(2, 1),
          time: 5,
          txn: {
            type: OpCode.create,
            path: '/b',
            data: null,
            acl: OPEN_ACL_UNSAFE,
            ephemeral: true,
            parentCVersion: 1,
          },
          digest: 0,
        };
        branch.commit(record, null);
        part.model.commit(record, null);
        expect(look(branch, branch.zxid)).toEqual(look(part.model, part.model.zxid));
        expect(look(branch, zxid)).toEqual(look(part.model, zxid));
        expect(look(whole.model, zxid)).toEqual(look(part.model, zxid));
      }),
      { numRuns: 100 },
    );
  });
});
