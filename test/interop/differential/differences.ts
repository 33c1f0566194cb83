// Every known, intended difference from Apache 3.8.0, with its reason. A difference that no longer shows fails the tests.
import type { Difference } from './compare.ts';
import type { Arrival } from './reply.ts';
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
  /** The example shows it only where Apache's server is not quick: it is played until it does. */
  readonly race?: true;
  /** Ensembles that the example is for; default: standalone servers and those of three. */
  readonly servers?: number;
}

const OPEN: readonly AclEntry[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

const CONFIG = '/zookeeper/config';

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
    reason: 'ZOOKEEPER-4240 (3.9.4): an ACL may name an IPv6 address; it was INVALIDACL.',
    parts: true,
    explains: ({ arrival }) =>
      (arrival?.err === -114 || codesOf(arrival).includes(-114)) &&
      aclsOf(arrival?.request).some(({ scheme, id }) => scheme === 'ip' && id?.includes(':')),
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
    id: 'pending-acl',
    reason:
      "PREP-6: a write behind a setACL needs what the new ACL asks for; while the setACL is pending, Apache's server asks for what the old one did.",
    // A server alone has often applied it by then, three sometimes.
    servers: 3,
    race: true,
    parts: true,
    explains: ({ step, arrival, own }) => {
      const requests = requestsOf(step);
      const before = requests.slice(0, requests.indexOf((arrival ?? own)?.request as Request));
      return (
        before.some(({ op }) => op === 'setACL') &&
        [arrival, own].some((each) => each?.err === -102 || codesOf(each).includes(-102))
      );
    },
    example: [
      send(
        { op: 'setACL', path: '~', acl: [{ perms: 16, scheme: 'world', id: 'anyone' }], version: 0 },
        { op: 'create', path: '~/a', data: '', acl: OPEN, flags: 0 },
      ),
    ],
  },
  {
    id: 'watcher-types',
    reason:
      'ZOOKEEPER-4472 (3.9.0): checkWatches and removeWatches know the types 4 and 5, of persistent watches; they were malformed.',
    parts: true,
    explains: ({ at, arrival, apache }) =>
      at.at(-1) === 'err' &&
      isWatcherOp(arrival?.request) &&
      apache === -5 &&
      (arrival.request.kind === 4 || arrival.request.kind === 5),
    example: [send({ op: 'checkWatches', path: '~', kind: 4 })],
  },
  {
    id: 'watcher-modes',
    reason:
      'ZOOKEEPER-4471 (3.9.0): checkWatches and removeWatches of one-shot watches leave persistent ones on the path alone.',
    parts: true,
    explains: ({ at, arrival, apache, ours }, played) =>
      at.at(-1) === 'err' &&
      isWatcherOp(arrival?.request) &&
      [apache, ours].every((err) => err === 0 || err === -121) &&
      played.some((step) => requestsOf(step).some(watchesPersistently)),
    example: [send({ op: 'addWatch', path: '~', mode: 0 }, { op: 'checkWatches', path: '~', kind: 2 })],
  },
  {
    id: 'watches-of-others',
    reason:
      'checkWatches asks for watches of the connection itself, as in 3.9.4 (WatchManager.containsWatcher); 3.8.0 finds those of any connection to the server.',
    servers: 1,
    parts: true,
    explains: ({ at, arrival, apache, ours, step }, played) => {
      if (at.at(-1) !== 'err' || apache !== 0 || ours !== -121) return false;
      const { request } = arrival ?? {};
      if (request?.op !== 'checkWatches') return false;
      const others = played.filter(({ session }) => session !== step.session);
      return others.some((each) => requestsOf(each).some((other) => watchedBy(other).includes(request.path)));
    },
    example: [
      send({ op: 'exists', path: '~/a', watch: true }),
      { do: 'send', session: 1, requests: [{ op: 'checkWatches', path: '~/a', kind: 2 }] },
    ],
  },
  {
    id: 'delete-container',
    reason:
      'The body of deleteContainer is a record (DeleteContainerRequest), as in later versions; 3.8.0 takes the bare path, with which a record is BADARGUMENTS.',
    parts: true,
    explains: ({ at, arrival }) =>
      arrival?.err === -8 &&
      (at.at(-1) === 'err' || at.at(-1) === 'kind') &&
      isOfType(arrival.request, TYPES.deleteContainer),
    example: [send({ op: 'deleteContainer', path: '~/a' })],
  },
  {
    id: 'lone-check',
    reason:
      'ZOOKEEPER-2623 (3.9.3): a check by itself is UNIMPLEMENTED; 3.8.0 takes a zxid for it, answers nothing standalone, and wedges an ensemble.',
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
    explains: ({ at, arrival, own, apache, ours }, played) => {
      // A setWatches takes the root's Stat for it.
      const asked = played.flatMap(requestsOf).filter(isSetWatches);
      const told = [arrival, own, apache, ours].some((value) => isEvent(value) && value.path === '');
      if (told) return asked.some((request) => pathsOf(request).includes(''));
      if (!pathsOf(arrival?.request).includes('')) return false;
      if (arrival?.to === 'multiRead' && at[2] === 'results') return true;
      // A read of it, and what is left of the watch that came with one.
      const found = apache === 0 && (ours === -101 || ours === -121);
      return at.at(-1) === 'err' && (found || (apache === -102 && ours === -101));
    },
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
    explains: ({ at, arrival }) =>
      at.at(-1) === 'zxid' && arrival?.err === -5 && isOfType(arrival.request, TYPES.reconfig),
    example: [send({ op: 'raw', type: 16, body: '00' }, { op: 'exists', path: '~', watch: false })],
  },
  {
    id: 'null-path-in-multi',
    servers: 1,
    reason:
      'WIRE-20: a malformed multi becomes an error transaction; where a part has a null path, a standalone 3.8.0 skips a zxid and adds a body, and an ensemble never answers.',
    parts: true,
    explains: ({ at, arrival }) =>
      (at.at(-1) === 'zxid' || at.at(-1) === 'rest') &&
      arrival?.to === 'multi' &&
      arrival.err === -5 &&
      pathsOf(arrival.request).includes(null),
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
    explains: ({ at, arrival, ours }) =>
      at.at(-1) === 'err' &&
      ours === -5 &&
      arrival?.request !== undefined &&
      'path' in arrival.request &&
      arrival.request.path === null,
    example: [send({ op: 'createTTL', path: null, data: '', acl: OPEN, flags: 5, ttl: '1' })],
  },
  {
    id: 'null-in-acl',
    reason:
      'WIRE-21: a null id of world, digest or ip makes a request malformed, and a null scheme is one that does not exist; in Apache what is checked before that entry comes first, and either is malformed behind another one with the same permissions.',
    parts: true,
    explains: ({ at, arrival, apache, ours }) =>
      at.at(-1) === 'err' &&
      [apache, ours].includes(-5) &&
      aclsOf(arrival?.request).some(({ scheme, id }) => scheme === null || id === null),
    example: [
      send({
        op: 'create',
        path: '~/a',
        data: '',
        acl: [
          { perms: 31, scheme: 'nothing', id: '' },
          { perms: 31, scheme: 'digest', id: null },
        ],
        flags: 0,
      }),
    ],
  },
  {
    id: 'watcher-bad-path',
    reason:
      'ZOOKEEPER-4471 (3.9.0): checkWatches looks up one path; 3.8.0 goes through those above it, and fails where the path is none.',
    explains: ({ at, arrival, apache }) =>
      at.at(-1) === 'err' &&
      apache === -5 &&
      arrival?.request?.op === 'checkWatches' &&
      arrival.request.path !== null &&
      !/^[/~]/.test(arrival.request.path),
    example: [send({ op: 'checkWatches', path: 'a', kind: 2 })],
  },
  {
    id: 'config-node',
    reason: 'TREE-2: /zookeeper/config stays empty, since servers here have no addresses.',
    servers: 3,
    explains: ({ at, arrival }) =>
      ['data', 'mtime', 'version', 'dataLength'].includes(String(at.at(-1))) &&
      pathsOf(arrival?.request).includes(CONFIG),
    example: [send({ op: 'getData', path: CONFIG, watch: false })],
  },
  {
    id: 'config-version',
    reason:
      'TREE-2: in Apache the data of /zookeeper/config has the version −1, and so none but −1 is the expected one; here it is 0.',
    servers: 3,
    parts: true,
    explains: ({ arrival }) =>
      (arrival?.err === -103 || codesOf(arrival).includes(-103)) &&
      partsOf(arrival?.request).some(
        (part) => 'version' in part && 'path' in part && part.path === CONFIG && part.version !== -1,
      ),
    example: [send({ op: 'multi', parts: [{ op: 'check', path: CONFIG, version: 0 }] })],
  },
  {
    id: 'null-list',
    reason:
      'WIRE-21: a setWatches with a null list or path is malformed as a whole; Apache sees to what is in front of it first, and lets null paths of persistent watches be.',
    parts: true,
    explains: ({ at, arrival, apache, ours }, played) =>
      (at.at(-1) === 'err' && ours === -5 && pathsBeforeNull(arrival?.request) !== null) ||
      played.some((step) =>
        requestsOf(step).some((request) => {
          const before = pathsBeforeNull(request) ?? [];
          // What is watched there is told, at once or later, or known to be watched.
          return [arrival, apache, ours].some(
            (value) =>
              (isEvent(value) && before.includes(foldedPath(value.path))) ||
              (isReply(value) &&
                at.at(-1) === 'err' &&
                isWatcherOp(value.request) &&
                before.includes(value.request.path)),
          );
        }),
      ),
    example: [send({ op: 'setWatches', since: -1, data: ['~'], exist: null, child: [] })],
  },
];

/** The known difference that explains this one. */
export function explanationOf(difference: Difference, played: readonly Step[]): KnownDifference | undefined {
  return DIFFERENCES.find((known) => known.explains(difference, played));
}

function requestsOf(step: Step): readonly Request[] {
  return step.do === 'send' ? step.requests : [];
}

function partsOf(request: Request | undefined): readonly (Request | Part)[] {
  if (request === undefined) return [];
  return request.op === 'multi' || request.op === 'multiRead' ? request.parts : [request];
}

function aclsOf(request: Request | undefined): AclEntry[] {
  return partsOf(request).flatMap((part) => ('acl' in part && part.acl !== null ? part.acl : []));
}

function pathsOf(request: Request | undefined): Text[] {
  if (request !== undefined && isSetWatches(request)) return listsOf(request).flatMap((list) => list ?? []);
  return partsOf(request).flatMap((part) => ('path' in part ? [part.path] : []));
}

type SetWatches = Extract<Request, { readonly op: 'setWatches' | 'setWatches2' }>;
type WatcherOp = Extract<Request, { readonly op: 'checkWatches' | 'removeWatches' }>;

function isSetWatches(request: Request): request is SetWatches {
  return request.op === 'setWatches' || request.op === 'setWatches2';
}

function listsOf(request: SetWatches): (readonly Text[] | null)[] {
  const { op, data, exist, child, persistent = [], recursive = [] } = request;
  return op === 'setWatches' ? [data, exist, child] : [data, exist, child, persistent, recursive];
}

/** Of a setWatches, the paths in front of the first null, list or path; null where none is. */
function pathsBeforeNull(request: Request | undefined): Text[] | null {
  if (request === undefined || !isSetWatches(request)) return null;
  const paths = listsOf(request).flatMap((list) => list ?? [null]);
  const end = paths.indexOf(null);
  return end < 0 ? null : paths.slice(0, end);
}

/** Paths that a request lets its connection watch, if all goes well. */
function watchedBy(request: Request): Text[] {
  const watches = isSetWatches(request) || request.op === 'addWatch' || ('watch' in request && request.watch);
  return watches ? pathsOf(request) : [];
}

/** A path as sequences write it. */
function foldedPath(path: unknown): string {
  return String(path).replace(/^\/d\d+/, '~');
}

function isOfType(request: Request | undefined, type: number): boolean {
  return request !== undefined && typeOf(request) === type;
}

function watchesPersistently(request: Request): boolean {
  return request.op === 'addWatch' || request.op === 'setWatches2';
}

function isWatcherOp(request: Request | undefined): request is WatcherOp {
  return request?.op === 'checkWatches' || request?.op === 'removeWatches';
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

function isEvent(value: unknown): value is Arrival {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'event';
}

function isReply(value: unknown): value is Arrival {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'reply';
}

/** Codes of a multi's parts. */
function codesOf(arrival: Difference['arrival']): unknown[] {
  const results = arrival?.results;
  return Array.isArray(results) ? results.map((part: { readonly code?: number }) => part.code) : [];
}
