// Every known, intended difference from Apache 3.8.0, with its reason. A difference that no longer shows fails the tests.
import type { Difference } from './compare.ts';
import { type AclEntry, type Part, type Request, type Text, TYPES, typeOf } from './request.ts';
import type { Sequence, Step } from './step.ts';

export interface KnownDifference {
  readonly id: string;
  /** Why it is intended: the Apache issue that changed it after 3.8.0, or the rule of protocol/SPEC.md. */
  readonly reason: string;
  /** Whether a field differs because of it; `played`: the steps up to the one that shows it, that one too. */
  readonly explains: (difference: Difference, played: readonly Step[]) => boolean;
  /** The two go separate ways from there: what follows cannot be compared. */
  readonly parts?: true;
  /** Shows it. */
  readonly example: Sequence;
  /** Ensembles that the example is for; default: standalone servers and those of three. */
  readonly servers?: number;
}

const OPEN: readonly AclEntry[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

function send(...requests: readonly Request[]): Step {
  return { do: 'send', session: 0, requests };
}

export const DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'event-zxid',
    reason: 'ZOOKEEPER-4655 (3.9.0): a watch event carries the zxid of its transaction; it was −1.',
    explains: ({ at, arrival, apache, ours }) =>
      arrival?.kind === 'event' && at.at(-1) === 'zxid' && apache === '-1' && /^\+\d/.test(String(ours)),
    example: [
      send({ op: 'exists', path: '~', watch: true }, { op: 'setData', path: '~', data: 'x', version: -1 }),
    ],
  },
  {
    id: 'ipv6-acl',
    reason: 'ZOOKEEPER-4240 (3.9.0): an ACL may name an IPv6 address; it was INVALIDACL.',
    parts: true,
    explains: ({ step, arrival }) =>
      (arrival?.err === -114 || codesOf(arrival).includes(-114)) &&
      requestsOf(step).some((request) =>
        aclsOf(request).some((acl) => acl.some(({ scheme, id }) => scheme === 'ip' && id?.includes(':'))),
      ),
    example: [
      send({ op: 'create', path: '~/a', data: '', acl: [{ perms: 31, scheme: 'ip', id: '::1' }], flags: 0 }),
    ],
  },
  {
    id: 'watch-modes',
    reason:
      'ZOOKEEPER-4466 (3.9.0): watches of several modes live side by side on one path; the last one replaced the others.',
    parts: true,
    explains: ({ at, apache, ours, arrival }, played) =>
      at.at(-1) !== 'zxid' &&
      (arrival?.kind === 'event' || [apache, ours].some((value) => value === 'event' || hasEvent(value))) &&
      played.some((step) => mixedWatches(played, step.session)),
    example: [
      send(
        { op: 'addWatch', path: '~', mode: 0 },
        { op: 'addWatch', path: '~', mode: 1 },
        { op: 'create', path: '~/a', data: '', acl: OPEN, flags: 0 },
      ),
    ],
  },
  {
    id: 'exists-acl',
    reason:
      'ZOOKEEPER-2590 (3.8.4, 3.9.2): exists needs READ on a node that is there; 3.8.0 asked for nothing.',
    parts: true,
    explains: ({ at, arrival, apache, ours }) =>
      at.at(-1) === 'err' && arrival?.to === 'exists' && apache === 0 && ours === -102,
    example: [
      send(
        {
          op: 'create',
          path: '~/a',
          data: '',
          acl: [{ perms: 30, scheme: 'world', id: 'anyone' }],
          flags: 0,
        },
        { op: 'exists', path: '~/a', watch: false },
      ),
    ],
  },
  {
    id: 'watcher-types',
    reason:
      'ZOOKEEPER-4472 (3.9.0): checkWatches and removeWatches know the types 4 and 5, of persistent watches; they were malformed.',
    parts: true,
    explains: ({ at, arrival, apache, step }) =>
      at.at(-1) === 'err' &&
      isWatcherOp(arrival?.to) &&
      apache === -5 &&
      requestsOf(step).some((request) => 'kind' in request && (request.kind === 4 || request.kind === 5)),
    example: [send({ op: 'checkWatches', path: '~', kind: 4 })],
  },
  {
    id: 'watcher-modes',
    reason:
      'ZOOKEEPER-4471 (3.9.0): checkWatches and removeWatches of one-shot watches leave persistent ones on the path alone.',
    parts: true,
    explains: ({ at, arrival, apache, ours }, played) =>
      at.at(-1) === 'err' &&
      isWatcherOp(arrival?.to) &&
      [apache, ours].every((err) => err === 0 || err === -121) &&
      played.some((step) => requestsOf(step).some(watchesPersistently)),
    example: [send({ op: 'addWatch', path: '~', mode: 0 }, { op: 'checkWatches', path: '~', kind: 2 })],
  },
  {
    id: 'delete-container',
    reason:
      'The body of deleteContainer is a record (DeleteContainerRequest), as in later versions; 3.8.0 takes the bare path, with which a record is BADARGUMENTS.',
    parts: true,
    explains: ({ at, arrival, step }) =>
      arrival?.err === -8 &&
      (at.at(-1) === 'err' || at.at(-1) === 'kind') &&
      requestsOf(step).some(
        (request) =>
          typeOf(request) === TYPES.deleteContainer && (arrival.to === request.op || arrival.to === 'raw'),
      ),
    example: [send({ op: 'deleteContainer', path: '~/a' })],
  },
  {
    id: 'lone-check',
    reason:
      'A check by itself is UNIMPLEMENTED since Request.isValid refuses it; 3.8.0 takes a zxid for it, answers nothing standalone, and wedges an ensemble.',
    parts: true,
    servers: 1,
    explains: ({ at, ours }) =>
      at[0] === 'arrivals' && isReply(ours) && ours.to === 'check' && ours.err === -6,
    example: [send({ op: 'check', path: '~', version: -1 })],
  },
  {
    id: 'empty-path',
    reason: 'READ-2: in Apache the empty path is the root under another name; here it names no node.',
    parts: true,
    explains: ({ step }) => requestsOf(step).some((request) => pathsOf(request).includes('')),
    example: [send({ op: 'getChildren', path: '', watch: false })],
  },
  {
    id: 'multiread-body',
    reason:
      'A multiRead that fails half-way has no body; Apache adds the parts so far, which nobody reads behind an error.',
    explains: ({ at, arrival }) => at.at(-1) === 'rest' && arrival?.to === 'multiRead' && arrival.err === -5,
    example: [send({ op: 'multiRead', parts: [{ op: 'getData', path: null, watch: false }] })],
  },
  {
    id: 'malformed-reconfig',
    servers: 1,
    reason:
      'WIRE-20: every malformed write takes a zxid of its own; standalone, Apache gives that of a reconfig the last one a second time, and an ensemble of 3.8.0 never answers it.',
    parts: true,
    explains: ({ at, step, arrival }) =>
      at.at(-1) === 'zxid' &&
      arrival?.err === -5 &&
      requestsOf(step).some((request) => typeOf(request) === TYPES.reconfig),
    example: [send({ op: 'raw', type: 16, body: '00' }, { op: 'exists', path: '~', watch: false })],
  },
  {
    id: 'null-path-in-multi',
    servers: 1,
    reason:
      'WIRE-20: a malformed multi becomes an error transaction; where a part has a null path, a standalone 3.8.0 skips a zxid and adds a body, and an ensemble never answers.',
    parts: true,
    explains: ({ at, arrival, step }) =>
      (at.at(-1) === 'zxid' || at.at(-1) === 'rest') &&
      arrival?.to === 'multi' &&
      arrival.err === -5 &&
      requestsOf(step).some((request) => request.op === 'multi' && pathsOf(request).includes(null)),
    example: [send({ op: 'multi', parts: [{ op: 'delete', path: null, version: -1 }] })],
  },
  {
    id: 'ttl-without-flag',
    reason:
      'PREP-14: of createTTL with a flag that is not for it, the time to live is refused; 3.8.0 looks at it only where the flag is one of its, and a server that then applies it ends.',
    parts: true,
    explains: ({ at, arrival, ours, step }) =>
      (ours === -8 || (isReply(ours) && ours.err === -8)) &&
      (at.at(-1) === 'err' || arrival === undefined) &&
      requestsOf(step).some((request) => request.op === 'createTTL' && request.flags < 5),
    example: [send({ op: 'createTTL', path: '~/a/b', data: '', acl: OPEN, flags: 0, ttl: '-2' })],
  },
  {
    id: 'null-path',
    reason:
      'WIRE-21: a null path makes a request malformed; in Apache what is checked before the path may come first.',
    parts: true,
    explains: ({ at, arrival, ours, step }) =>
      at.at(-1) === 'err' &&
      ours === -5 &&
      requestsOf(step).some(
        (request) => request.op === arrival?.to && 'path' in request && request.path === null,
      ),
    example: [send({ op: 'createTTL', path: null, data: '', acl: OPEN, flags: 5, ttl: '1' })],
  },
  {
    id: 'null-in-acl',
    reason:
      'WIRE-21: in an ACL a null scheme is one that does not exist and a null id is malformed; in Apache the other entries decide what it is.',
    parts: true,
    explains: ({ at, arrival, step }) =>
      WITH_ACL.has(arrival?.to) &&
      at[0] === 'arrivals' &&
      requestsOf(step).some((request) =>
        aclsOf(request).some((acl) => acl.some(({ scheme, id }) => scheme === null || id === null)),
      ),
    example: [
      send({
        op: 'create',
        path: '~/a',
        data: '',
        acl: [{ perms: 31, scheme: 'super', id: null }],
        flags: 0,
      }),
    ],
  },
  {
    id: 'watcher-bad-path',
    reason:
      'ZOOKEEPER-4471 (3.9.0): checkWatches looks up one path; 3.8.0 goes through those above it, and fails where the path is none.',
    explains: ({ at, arrival, apache, step }) =>
      at.at(-1) === 'err' &&
      isWatcherOp(arrival?.to) &&
      apache === -5 &&
      requestsOf(step).some(
        (request) => request.op === 'checkWatches' && request.path !== null && !/^[/~]/.test(request.path),
      ),
    example: [send({ op: 'checkWatches', path: 'a', kind: 2 })],
  },
  {
    id: 'config-node',
    reason: 'TREE-2: /zookeeper/config stays empty, since servers here have no addresses.',
    servers: 3,
    explains: ({ at, step }) =>
      ['data', 'mtime', 'version', 'dataLength'].includes(String(at.at(-1))) &&
      requestsOf(step).some((request) => pathsOf(request).includes('/zookeeper/config')),
    example: [send({ op: 'getData', path: '/zookeeper/config', watch: false })],
  },
  {
    id: 'null-list',
    reason:
      'A setWatches with a null list is malformed as a whole; Apache sees to the lists in front of it first.',
    parts: true,
    explains: ({ step }) =>
      requestsOf(step).some(
        (request) =>
          (request.op === 'setWatches' || request.op === 'setWatches2') &&
          [request.data, request.exist, request.child, request.persistent, request.recursive].includes(null),
      ),
    example: [send({ op: 'setWatches', since: -1, data: ['~'], exist: null, child: [] })],
  },
];

/** The known difference that explains this one. */
export function explanationOf(difference: Difference, played: readonly Step[]): KnownDifference | undefined {
  return DIFFERENCES.find((known) => known.explains(difference, played));
}

const WITH_ACL: ReadonlySet<unknown> = new Set([
  'create',
  'create2',
  'createContainer',
  'createTTL',
  'setACL',
  'multi',
]);

function requestsOf(step: Step): readonly Request[] {
  return step.do === 'send' ? step.requests : [];
}

function partsOf(request: Request): readonly (Request | Part)[] {
  return request.op === 'multi' || request.op === 'multiRead' ? request.parts : [request];
}

function aclsOf(request: Request): (readonly AclEntry[])[] {
  return partsOf(request).flatMap((part) => ('acl' in part && part.acl !== null ? [part.acl] : []));
}

function pathsOf(request: Request): Text[] {
  if (request.op === 'setWatches' || request.op === 'setWatches2') {
    const { data, exist, child, persistent, recursive } = request;
    return [data, exist, child, persistent, recursive].flatMap((list) => list ?? []);
  }
  return partsOf(request).flatMap((part) => ('path' in part ? [part.path] : []));
}

function watchesPersistently(request: Request): boolean {
  return request.op === 'addWatch' || request.op === 'setWatches2';
}

function isWatcherOp(to: unknown): boolean {
  return to === 'checkWatches' || to === 'removeWatches';
}

function hasEvent(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasEvent) : isEvent(value);
}

/** Whether a session has ever had a persistent watch and one of another kind on one path. */
function mixedWatches(played: readonly Step[], session: number): boolean {
  const kinds = new Map<Text, Set<string>>();
  const add = (path: Text, kind: string): void => {
    kinds.set(path, (kinds.get(path) ?? new Set()).add(kind));
  };
  for (const step of played) {
    if (step.session !== session) continue;
    for (const request of requestsOf(step)) {
      if (request.op === 'addWatch') add(request.path, `persistent ${request.mode}`);
      else if (request.op === 'removeWatches') add(request.path, 'removed');
      else if ('watch' in request && request.watch) add(request.path, 'one-shot');
      else if (request.op === 'setWatches' || request.op === 'setWatches2') {
        for (const list of [request.data, request.exist, request.child])
          for (const path of list ?? []) add(path, 'one-shot');
        if (request.op === 'setWatches') continue;
        for (const path of request.persistent ?? []) add(path, 'persistent 0');
        for (const path of request.recursive ?? []) add(path, 'persistent 1');
      }
    }
  }
  return [...kinds.values()].some((each) => each.size > 1 && [...each].some((kind) => kind.startsWith('p')));
}

function isEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'event';
}

function isReply(value: unknown): value is { readonly to: unknown; readonly err: unknown } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'reply';
}

/** Codes of a multi's parts. */
function codesOf(arrival: Difference['arrival']): unknown[] {
  const results = arrival?.results;
  return Array.isArray(results) ? results.map((part: { readonly code?: number }) => part.code) : [];
}
