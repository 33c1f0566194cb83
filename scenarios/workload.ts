/** The clients of the scenarios. */
import type { ClientSpec, Json } from '../sim/spec.ts';

/** An operation of {@link script}; not sent before `at`, virtual ms. */
export interface Step {
  readonly at: number;
  readonly op: 'create' | 'set' | 'delete' | 'get' | 'exists' | 'children';
  readonly path: string;
  readonly data?: string;
  /** Of create; default `persistent`. */
  readonly mode?: 'persistent' | 'ephemeral';
  /** Of get, exists, children: leaves a watch. */
  readonly watch?: boolean;
}

/** What a client can be told of its session; see `ClientParams` in `sim/clients/params.ts`. */
export interface Session {
  /** Wished, ms; default 4000. */
  readonly sessionTimeout?: number;
  /** Bound of the pause before a reconnect, ms; default 200. */
  readonly reconnectDelay?: number;
}

/** When clients begin, virtual ms: the first election is over and every server serves. */
const FIRST = 1500;
/** Long enough for a write to reach every server and every disk, ms. */
const GAP = 100;

/**
 * A client that opens its session when clients begin and then performs these steps one after the other, at the given
 * servers (default: all).
 */
export function script(
  steps: readonly Step[],
  servers?: readonly number[],
  session: Session = {},
): ClientSpec {
  const params = { ...session, connectAt: FIRST, steps: steps.map((step): Json => ({ ...step })) };
  return client('script', params, servers);
}

/**
 * A client that creates `/w1`…`/w<count>`, each once the one before has reached every server: its session is
 * [1,1] and `/w<n>` is [1,n+1] where no other client is connected. The last one is sent `GAP · count` ms after the first begin of clients.
 */
export function writes(count: number, servers?: readonly number[]): ClientSpec {
  const steps = Array.from({ length: count }, (_, i): Step => {
    return { at: FIRST + GAP * (i + 1), op: 'create', path: `/w${i + 1}` };
  });
  return script(steps, servers);
}

/** A client that connects at a time and has some thirty random operations per second, at the given servers (default: all). */
export function mix(servers?: readonly number[], from = FIRST): ClientSpec {
  return client('mix', { rate: 30, reads: 0.4, from }, servers);
}

/** A client with a program of the catalog (`sim/clients`), at the given servers (default: all). */
export function client(name: string, params: Json, servers?: readonly number[]): ClientSpec {
  const program = { name, params };
  return servers === undefined ? { program } : { program, servers };
}
