/** What clients asked for in a run, as steps of a script: so a random workload can be shrunk operation by operation. */
import { type ClientOp, CreateFlag, type MultiOp } from '../../protocol/request.ts';
import { type Acl, OPEN_ACL_UNSAFE } from '../../protocol/tree/acl.ts';
import { OpCode } from '../../protocol/txn.ts';
import { FIRST_CLIENT } from '../network.ts';
import type { QueuedEvent } from '../queue.ts';
import type { Json } from '../spec.ts';
import type { Listener } from '../world.ts';
import type { SimEvent } from '../world-event.ts';

/** An operation: of the client at that place of the run's list, from 0. */
export interface Asked {
  readonly client: number;
  readonly step: Step;
}

/** A step of the program `script`. */
export type Step = { readonly [name: string]: Json };

/** Longer scripts are no simpler than the workload they come from. */
const MOST_STEPS = 300;

/** Listens to a run for its operations. */
export class AskedRecorder implements Listener {
  readonly asked: Asked[] = [];
  private ms = 0;

  onEvent(event: QueuedEvent, _index: number): void {
    this.ms = event.time / 1000;
  }

  onProbe(event: SimEvent, _index: number): void {
    if (event.kind !== 'invoked' || this.asked.length >= MOST_STEPS) return;
    const step = stepOf(event.request);
    if (step === null) return;
    const client = event.client - FIRST_CLIENT - 1;
    this.asked.push({ client, step: { at: Math.floor(this.ms), ...step } });
  }
}

const MODES: ReadonlyMap<number, string> = new Map<number, string>([
  [CreateFlag.PERSISTENT, 'persistent'],
  [CreateFlag.EPHEMERAL, 'ephemeral'],
  [CreateFlag.PERSISTENT_SEQUENTIAL, 'persistent-sequential'],
  [CreateFlag.EPHEMERAL_SEQUENTIAL, 'ephemeral-sequential'],
  [CreateFlag.CONTAINER, 'container'],
  [CreateFlag.PERSISTENT_WITH_TTL, 'ttl'],
]);

/** Null for what a script has no step for. */
function stepOf(op: ClientOp): Step | null {
  switch (op.type) {
    case OpCode.exists:
      return { op: 'exists', path: op.path, ...(op.watch && { watch: true }) };
    case OpCode.getData:
      return { op: 'get', path: op.path, ...(op.watch && { watch: true }) };
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return { op: 'children', path: op.path, ...(op.watch && { watch: true }) };
    case OpCode.sync:
      return { op: 'sync', path: op.path };
    case OpCode.getACL:
      return { op: 'getAcl', path: op.path };
    case OpCode.setACL:
      return { op: 'setAcl', path: op.path, acl: acl(op.acl), ...version(op.version) };
    case OpCode.closeSession:
      return { op: 'close' };
    case OpCode.multi: {
      const ops = op.ops.map(partOf);
      return ops.includes(null) ? null : { op: 'multi', ops: ops as Step[] };
    }
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
    case OpCode.setData:
    case OpCode.delete:
      return partOf(op);
    default:
      return null;
  }
}

function partOf(op: MultiOp): Step | null {
  switch (op.type) {
    case OpCode.delete:
      return { op: 'delete', path: op.path, ...version(op.version) };
    case OpCode.check:
      return { op: 'check', path: op.path, ...version(op.version) };
    case OpCode.setData:
      return { op: 'set', path: op.path, ...data(op.data), ...version(op.version) };
    default: {
      const mode = MODES.get(op.flags);
      if (mode === undefined) return null;
      return {
        op: 'create',
        path: op.path,
        ...data(op.data),
        ...(mode !== 'persistent' && { mode }),
        ...(mode === 'ttl' && { ttl: op.ttl ?? 1 }),
        ...(op.acl !== OPEN_ACL_UNSAFE && { acl: acl(op.acl) }),
      };
    }
  }
}

function version(expected: number): Step {
  return expected === -1 ? {} : { version: expected };
}

/** What the bytes are makes no difference, only whether there are any. */
function data(bytes: Uint8Array | null): Step {
  return bytes === null ? {} : { data: 'x' };
}

function acl(entries: readonly Acl[]): Json {
  return entries.map(({ perms, scheme, id }) => ({ perms, scheme, id }));
}
