/** Fewer clients, and clients that ask for less. */
import type { ClientSpec, Fault, Json, RunSpec } from '../spec.ts';
import type { Candidates } from './candidates.ts';
import { changes, fewer } from './shrink-list.ts';

type Params = { readonly [name: string]: Json };

/** Leaves clients out; what names a client by its place keeps meaning the same one. */
export function fewerClients(spec: RunSpec): Candidates {
  return fewer(spec, ({ clients }) => clients.length, withoutClients);
}

/** The run without the clients of that range of places from 0; null where others need them. */
function withoutClients(spec: RunSpec, from: number, to: number): RunSpec | null {
  const gone = (place: number): boolean => place > from && place <= to;
  const moved = (place: number): number => (place > to ? place - (to - from) : place);
  const kept = spec.clients.filter((_, i) => i < from || i >= to);
  const clients: ClientSpec[] = [];
  for (const client of kept) {
    const { resource } = paramsOf(client);
    if (typeof resource !== 'number') clients.push(client);
    else if (gone(resource)) return null;
    else clients.push(withParams(client, { ...paramsOf(client), resource: moved(resource) }));
  }
  const faults: Fault[] = [];
  for (const fault of spec.faults) {
    if (!('client' in fault) || typeof fault.client !== 'number') faults.push(fault);
    else if (!gone(fault.client)) faults.push({ ...fault, client: moved(fault.client) } as Fault);
  }
  return { ...spec, clients, faults };
}

/** Each client with less to do: a plain workload, no share of what is special, half the rate. */
export function* simplerClients(spec: RunSpec): Candidates {
  let best = yield* changes(
    spec,
    spec.clients.flatMap((_, place) =>
      SIMPLER.map(
        (simpler) =>
          (run: RunSpec): RunSpec | null =>
            replaced(run, place, simpler),
      ),
    ),
  );
  for (let place = 0; place < best.clients.length; place++) {
    for (;;) {
      const candidate = replaced(best, place, halfRate);
      if (candidate === null || (yield candidate) === null) break;
      best = candidate;
    }
  }
  return best;
}

function replaced(
  run: RunSpec,
  place: number,
  simpler: (client: ClientSpec) => ClientSpec | null,
): RunSpec | null {
  const other = simpler(run.clients[place]!);
  return other === null
    ? null
    : { ...run, clients: run.clients.map((same, i) => (i === place ? other : same)) };
}

/** Shares of operations and other extras that are nothing by default, or can be. */
const EXTRAS: readonly string[] = [
  'watches',
  'sequential',
  'ephemerals',
  'expiring',
  'multi',
  'acl',
  'quota',
  'invalid',
  'churn',
  'dataBytes',
  'reads',
];

const SIMPLER: readonly ((client: ClientSpec) => ClientSpec | null)[] = [
  (client) => {
    if (client.program.name !== 'service') return null;
    const { rate, reads, keys, sessionTimeout } = paramsOf(client);
    return { ...client, program: { name: 'mix', params: defined({ rate, reads, keys, sessionTimeout }) } };
  },
  (client) => {
    const { servers, ...rest } = client;
    return servers === undefined ? null : rest;
  },
  (client) => zeroed(client, EXTRAS),
  ...EXTRAS.map((name) => (client: ClientSpec) => zeroed(client, [name])),
  (client) => less(client, 'keys', 1),
  (client) => less(client, 'outstanding', 1),
  (client) => {
    const { readOnly, ...rest } = paramsOf(client);
    return readOnly === undefined ? null : withParams(client, rest);
  },
];

function zeroed(client: ClientSpec, names: readonly string[]): ClientSpec | null {
  const params = paramsOf(client);
  const present = names.filter((name) => typeof params[name] === 'number' && params[name] > 0);
  if (present.length === 0) return null;
  return withParams(client, { ...params, ...Object.fromEntries(present.map((name) => [name, 0])) });
}

function less(client: ClientSpec, name: string, value: number): ClientSpec | null {
  const params = paramsOf(client);
  const now = params[name];
  return typeof now === 'number' && now > value ? withParams(client, { ...params, [name]: value }) : null;
}

function halfRate(client: ClientSpec): ClientSpec | null {
  const { rate } = paramsOf(client);
  return typeof rate === 'number' && rate >= 2 ? less(client, 'rate', Math.floor(rate / 2)) : null;
}

function paramsOf({ program: { params } }: ClientSpec): Params {
  return typeof params === 'object' && params !== null && !Array.isArray(params) ? (params as Params) : {};
}

function withParams(client: ClientSpec, params: Params): ClientSpec {
  return { ...client, program: { ...client.program, params } };
}

function defined(params: { readonly [name: string]: Json | undefined }): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as Params;
}
