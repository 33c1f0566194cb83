// Sequences of raw operations: mostly sensible ones on few nodes, so that they meet, and some of every kind of nonsense.
import fc from 'fast-check';
import { type AclEntry, type Data, type Part, type Request, type Text, TYPES, typeOf } from './request.ts';
import type { Sequence, Step } from './step.ts';
import { TICK, TIMEOUT } from './target.ts';

const SESSIONS = 3;
const STEPS = 24;
const BURST = 6;

/** `weight` of `common` to one of `rare`. */
function mostly<T>(weight: number, common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: common }, { weight: 1, arbitrary: rare });
}

const nodePath: fc.Arbitrary<Text> = fc.constantFrom(
  '~/a',
  '~/a',
  '~/a/b',
  '~/a/b',
  '~/a/b/c',
  '~/b',
  '~/b/a',
  '~/e',
  '~',
);
const systemPath: fc.Arbitrary<Text> = fc.constantFrom(
  '/',
  '/zookeeper',
  '/zookeeper/config',
  '/zookeeper/quota',
  '/zookeeper/quota~',
  '/zookeeper/quota~/a',
  '/zookeeper/quota~/a/zookeeper_limits',
  '/zookeeper/quota~/a/zookeeper_stats',
);
const oddPath: fc.Arbitrary<Text> = fc.constantFrom<Text[]>(
  null,
  '',
  'a',
  '~/',
  '~/a/',
  '~//a',
  '~/a/.',
  '~/a/..',
  '~/../a',
  '~/./a',
  '//',
  '/.',
  '~/a\u0000',
  '~/a\u0001b',
  '~/\u007f',
  '~/\u009f',
  '~/\u00a0é',
  '~/日本',
  '~/\u{1f600}',
  '~/\ue000',
  '~/\uf8ff',
  '~/\uf900',
  '~/\ufff0',
  '~/ ',
  '~/a b',
  '~/zookeeper_limits',
);
const path: fc.Arbitrary<Text> = fc.oneof(
  { weight: 30, arbitrary: nodePath },
  { weight: 2, arbitrary: systemPath },
  { weight: 3, arbitrary: oddPath },
);
/** Nothing below `/` but the folder: its children are all sequences'. */
const newPath: fc.Arbitrary<Text> = fc.oneof(
  { weight: 30, arbitrary: fc.oneof(nodePath, fc.constantFrom('~/s-', '~/a/s-', '~/a/', '~/e/x')) },
  { weight: 2, arbitrary: systemPath },
  { weight: 3, arbitrary: oddPath.filter((each) => each !== '/.') },
);

const int = fc.oneof(
  fc.integer({ min: -3, max: 8 }),
  fc.constantFrom(0x7fff_ffff, -0x8000_0000, 0x1000, -100, 255, 256),
);
const version = fc.oneof(
  { weight: 4, arbitrary: fc.constant(-1) },
  { weight: 4, arbitrary: fc.nat(2) },
  { weight: 1, arbitrary: int },
);
const data: fc.Arbitrary<Data> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Data[]>('', 'x', 'hello', 'count=2,bytes=20', 'é') },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<Data[]>(1, 1000, 50_000) },
);
/** Of a quota, read by the server. */
const quotaData: fc.Arbitrary<Data> = fc.constantFrom<Data[]>(
  'count=2,bytes=20',
  'count=3,bytes=-1=;byteHardLimit=10;countHardLimit=2',
  'count=-1,bytes=-1',
);

/** `user:password` of each, and the ids they prove. */
const CREDENTIALS = ['one:1', 'two:2', 'super:test'] as const;
const DIGESTS = ['one:lj6jV0CklO+B740yxtWS4XOn7ag=', 'two:KDB/2qrXaPm2X1rbcKyH8E/poXE='] as const;

const goodAcl: fc.Arbitrary<AclEntry> = fc.oneof(
  fc.record({
    perms: fc.constantFrom(31, 31, 1, 2, 3, 5, 9, 16, 17, 15, 7),
    scheme: fc.constant('world'),
    id: fc.constant('anyone'),
  }),
  fc.record({
    perms: fc.constantFrom(31, 31, 1, 17),
    scheme: fc.constant('digest'),
    id: fc.constantFrom(...DIGESTS),
  }),
  fc.record({
    perms: fc.constantFrom(31, 1, 3),
    scheme: fc.constant('auth'),
    id: fc.constantFrom('', 'x', ...DIGESTS),
  }),
  fc.record({
    perms: fc.constantFrom(31, 1),
    scheme: fc.constant('ip'),
    id: fc.constantFrom('127.0.0.1', '127.0.0.0/8', '10.0.0.1', '0.0.0.0/0', '::1'),
  }),
);
const oddAcl: fc.Arbitrary<AclEntry> = fc.record({
  perms: int,
  scheme: fc.constantFrom<Text[]>(
    null,
    '',
    'world',
    'digest',
    'ip',
    'auth',
    'super',
    'x509',
    'sasl',
    'nothing',
  ),
  id: fc.constantFrom<Text[]>(
    null,
    '',
    'anyone',
    'a',
    'a:b',
    'a:b:c',
    ':',
    'a:',
    '1.2.3',
    '1.2.3.4/33',
    '::1/129',
    'x/y',
  ),
});
const OPEN: readonly AclEntry[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const acl: fc.Arbitrary<readonly AclEntry[] | null> = fc.oneof(
  { weight: 20, arbitrary: fc.constant(OPEN) },
  { weight: 5, arbitrary: fc.array(goodAcl, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(goodAcl, oddAcl), { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, []) },
);

const flags = mostly(20, fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4), int);

const create = fc.record({
  op: fc.constantFrom('create' as const, 'create' as const, 'create2' as const),
  path: newPath,
  data,
  acl,
  flags,
});
const createContainer = fc.record({
  op: fc.constant('createContainer' as const),
  path: newPath,
  data,
  acl,
  flags: mostly(3, fc.constant(4), flags),
});
/** A negative time to live comes with its own flag: with another, it ends Apache's server. */
const createTTL = fc
  .record({
    op: fc.constant('createTTL' as const),
    path: newPath,
    data,
    acl,
    flags: mostly(4, fc.constantFrom(5, 6), flags),
    ttl: mostly(
      3,
      fc.constantFrom('1', '100000', '1099511627775'),
      fc.constantFrom('0', '-1', '1099511627776', '9223372036854775807', '-9223372036854775808'),
    ),
  })
  .filter(({ flags, ttl }) => flags === 5 || flags === 6 || !ttl.startsWith('-'));
const quotaNode: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    op: fc.constant('create' as const),
    path: fc.constantFrom<Text[]>(
      '/zookeeper/quota~',
      '/zookeeper/quota~/a',
      '/zookeeper/quota~/a',
      '/zookeeper/quota~/a/zookeeper_limits',
      '/zookeeper/quota~/a/zookeeper_limits',
      '/zookeeper/quota~/a/zookeeper_stats',
      '/zookeeper/quota~/zookeeper_limits',
      '/zookeeper/quota~/zookeeper_stats',
    ),
    data: quotaData,
    acl: fc.constant(OPEN),
    flags: fc.constant(0),
  }),
);
const remove = fc.record({ op: fc.constant('delete' as const), path, version });
const setData = fc.record({ op: fc.constant('setData' as const), path, data, version });
const check = fc.record({ op: fc.constant('check' as const), path, version });
const read = fc.record({
  op: fc.constantFrom('exists' as const, 'getData' as const, 'getChildren' as const, 'getChildren2' as const),
  path,
  watch: fc.boolean(),
});

const writePart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 4, arbitrary: create },
  { weight: 3, arbitrary: setData },
  { weight: 3, arbitrary: remove },
  { weight: 3, arbitrary: check },
  { weight: 1, arbitrary: createContainer },
  { weight: 1, arbitrary: createTTL },
);
const multi = fc.record({
  op: fc.constant('multi' as const),
  parts: mostly(
    12,
    fc.array(writePart, { maxLength: 4 }),
    fc.array(fc.oneof(writePart, read), { maxLength: 3 }),
  ),
});
const multiRead = fc.record({
  op: fc.constant('multiRead' as const),
  parts: mostly(
    8,
    fc.array(
      read.filter(({ op }) => op === 'getData' || op === 'getChildren'),
      { maxLength: 4 },
    ),
    fc.array(fc.oneof(writePart, read), { maxLength: 3 }),
  ),
});

const pathList = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.array(fc.oneof({ weight: 8, arbitrary: nodePath }, { weight: 1, arbitrary: path }), {
      maxLength: 3,
    }),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);
const since = fc.integer({ min: -1, max: 20 });

/** Requests that may follow one another without waiting for replies. */
const pipelined: fc.Arbitrary<Request> = fc.oneof(
  { weight: 12, arbitrary: create },
  { weight: 1, arbitrary: createContainer },
  { weight: 2, arbitrary: createTTL },
  { weight: 1, arbitrary: quotaNode },
  { weight: 7, arbitrary: remove },
  { weight: 8, arbitrary: setData },
  { weight: 14, arbitrary: read },
  { weight: 6, arbitrary: multi },
  { weight: 3, arbitrary: multiRead },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('getACL' as const), path }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('setACL' as const), path, acl, version }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constantFrom('sync' as const, 'getAllChildrenNumber' as const), path }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('getEphemerals' as const),
      path: fc.oneof(path, fc.constantFrom<Text[]>(' ', '~/a/b/', '/zoo')),
    }),
  },

  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('addWatch' as const), path, mode: mostly(8, fc.nat(1), int) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constantFrom('checkWatches' as const, 'removeWatches' as const),
      path,
      kind: mostly(8, fc.integer({ min: 1, max: 5 }), int),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom('setWatches' as const, 'setWatches2' as const),
      xid: fc.constant(-8),
      since,
      data: pathList,
      exist: pathList,
      child: pathList,
      persistent: pathList,
      recursive: pathList,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Request>({ op: 'whoAmI' }) },
  { weight: 1, arbitrary: fc.constantFrom<Request[]>({ op: 'ping', xid: -2 }, { op: 'ping' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('reconfig' as const),
      joining: fc.constantFrom<Text[]>(null, '', 'server.9=127.0.0.1:1:2;3'),
      leaving: fc.constantFrom<Text[]>(null, '9'),
      members: fc.constant<Text>(null),
      version: fc.constantFrom(-1, 0, 5),
    }),
  },
);

/** A request with something wrong about its bytes or its number. */
const bent: fc.Arbitrary<Request> = fc
  .tuple(
    pipelined,
    fc.oneof(
      fc.record({ cut: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ tail: fc.constantFrom('00', 'ffffffff', '0000000000') }),
      fc.record({ xid: fc.constantFrom(0, -3, -5, -100, 1, 0x7fff_ffff, -0x8000_0000) }),
    ),
  )
  .map(([request, bend]) => ({ ...request, ...bend }) as Request);

/** Bodies with a string, buffer or list whose length is not what follows. */
const badBody = fc.record({
  op: fc.constant('raw' as const),
  type: fc.constantFrom(...Object.values(TYPES).filter((type) => type > 0 && type < 100 && type !== 13)),
  body: fc.constantFrom(
    '',
    '00',
    'ffffffff',
    'fffffffe',
    '80000000',
    '7fffffff',
    '00000002ff',
    '000000022f61ffffffff',
    '000000022f61fffffff0',
    '000000022f61000000017800000001',
    '00000002c328ffffffff00',
  ),
});

const burst = fc.array(mostly(12, pipelined, fc.oneof(bent, bent, badBody)), {
  minLength: 1,
  maxLength: BURST,
});

/** What takes effect at once, or ends the connection, and so has to come by itself. */
const alone: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('auth' as const),
      scheme: mostly(
        6,
        fc.constant<Text>('digest'),
        fc.constantFrom<Text[]>('ip', 'world', '', null, 'sasl', 'x'),
      ),
      auth: mostly(
        6,
        fc.constantFrom<Text[]>(...CREDENTIALS),
        fc.constantFrom<Text[]>(null, '', 'a', ':', 'a:b:c'),
      ),
      xid: fc.constant(-4),
    }),
  },
  { weight: 4, arbitrary: fc.constant<Request>({ op: 'closeSession' }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('sasl' as const), token: fc.constantFrom<Text[]>(null, '', 'x') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('createSession' as const),
      timeout: fc.constantFrom(5 * TICK, 10 * TICK),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('raw' as const),
      type: fc.constantFrom(0, 10, 23, 24, 99, 108, 1000, -1, -2, -12, 0x7fff_ffff, -0x8000_0000),
      body: fc.constantFrom('', '00000000', '000000022f6100'),
    }),
  },
);

/** Sequences for an ensemble of so many servers. */
export function sequences(servers: number): fc.Arbitrary<Sequence> {
  const session = fc.nat(SESSIONS - 1);
  const server = servers === 1 ? fc.constant(0) : fc.nat(servers - 1);
  const handshake = {
    session,
    server,
    timeout: mostly(
      6,
      fc.constant(TIMEOUT),
      fc.constantFrom(0, -1, 1, 0x7fff_ffff, -0x8000_0000, 2 * TICK + 1),
    ),
    old: mostly(6, fc.constant(false), fc.constant(true)),
    readOnly: fc.boolean(),
    protocol: mostly(20, fc.constant(0), int),
    seen: mostly(10, fc.integer({ min: -1, max: 0 }), fc.constant(100_000)),
  };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 30,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        session,
        requests: burst,
        old: mostly(10, fc.constant(false), fc.constant(true)),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        session,
        requests: alone.map((request) => [request]),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), ...handshake }) },
    {
      weight: 3,
      arbitrary: fc.record(
        {
          do: fc.constant('resume' as const),
          ...handshake,
          keep: fc.boolean(),
          passwd: fc.constantFrom<Text[]>('00'.repeat(16), '', null, '01'.repeat(20)),
          id: fc.constantFrom('1', '-1', '9223372036854775807'),
        },
        { requiredKeys: ['do', 'session', 'server', 'keep'] },
      ),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), session }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('bytes' as const),
        session,
        hex: fc.constantFrom(
          'ffffffff',
          '80000000',
          '00100000',
          '7fffffff',
          '00000000',
          '0000000400000001',
          '00000002ffff',
        ),
      }),
    },
  );
  const all = fc.array(step, { minLength: 1, maxLength: STEPS, size: 'max' });
  return servers === 1 ? all : all.map((steps) => steps.map(withoutWedges));
}

/** What an ensemble of 3.8.0 never answers, nor anything behind it: a malformed reconfig, a multi with a null path. */
function withoutWedges(step: Step): Step {
  return step.do === 'send'
    ? { ...step, requests: step.requests.filter((request) => !wedges(request)) }
    : step;
}

function wedges(request: Request): boolean {
  if (request.op === 'multi') return request.parts.some((part) => part.path === null);
  return request.op === 'reconfig' ? request.cut !== undefined : typeOf(request) === TYPES.reconfig;
}
