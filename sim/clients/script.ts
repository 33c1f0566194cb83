/** A workload of given steps. */
import { type CreateOptions, createRequest, toBytes } from '../../protocol/client/index.ts';
import type { Host, TimerId } from '../../protocol/host.ts';
import { type ClientOp, CreateFlag, type MultiOp, type Result } from '../../protocol/request.ts';
import type { Acl } from '../../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientProgramFactory, ClientSettings } from '../catalog.ts';
import { arrayOf, field, flag, numberIn, object, oneOf, optional, type Shape, text } from '../shape.ts';
import { SpecError } from '../spec-error.ts';
import { CLIENT_MEMBERS, type ClientParams } from './params.ts';
import { Workload } from './workload.ts';

const MODES: Readonly<Record<string, number>> = {
  persistent: CreateFlag.PERSISTENT,
  ephemeral: CreateFlag.EPHEMERAL,
  'persistent-sequential': CreateFlag.PERSISTENT_SEQUENTIAL,
  'ephemeral-sequential': CreateFlag.EPHEMERAL_SEQUENTIAL,
  container: CreateFlag.CONTAINER,
  ttl: CreateFlag.PERSISTENT_WITH_TTL,
};

const PART_OPS = ['create', 'set', 'delete', 'check'];
const STEP_OPS = [
  ...['create', 'set', 'delete', 'get', 'exists', 'children', 'sync', 'setAcl', 'getAcl', 'multi', 'close'],
];

/** One operation of a {@link ScriptStep}, or of a multi (`create`, `set`, `delete`, `check`). */
interface ScriptOp {
  readonly op: string;
  readonly path?: string;
  /** Sent as UTF-8; absent: null. */
  readonly data?: string;
  /** Expected version; default −1, any. */
  readonly version?: number;
  /** Of create: one of {@link MODES}; default `persistent`. */
  readonly mode?: string;
  /** Of mode `ttl`, ms. */
  readonly ttl?: number;
  /** Of create and setAcl; default: everything to everyone. */
  readonly acl?: readonly Acl[];
}

/** One step of {@link script}. */
interface ScriptStep extends ScriptOp {
  /** Virtual ms before which it is not sent. */
  readonly at?: number;
  /** Of get, exists, children: leaves a watch. */
  readonly watch?: boolean;
  /** Of multi. */
  readonly ops?: readonly ScriptOp[];
  /** What to do where nobody knows whether it took effect: send it again, or go on (default). */
  readonly lost?: 'retry' | 'skip';
}

interface ScriptParams extends ClientParams {
  readonly steps: readonly ScriptStep[];
  /** Virtual ms; default 0. */
  readonly connectAt?: number;
}

const OP_MEMBERS = {
  path: optional(text),
  data: optional(text),
  version: optional(numberIn(-1, 0x7fff_ffff, true)),
  mode: optional(oneOf(Object.keys(MODES))),
  ttl: optional(numberIn(1, 1e12, true)),
  acl: optional(
    arrayOf(object({ perms: field(numberIn(0, 31, true)), scheme: field(text), id: field(text) })),
  ),
};

const STEP: Shape = object({
  ...OP_MEMBERS,
  op: field(oneOf(STEP_OPS)),
  at: optional(numberIn(0, 1e12)),
  watch: optional(flag),
  ops: optional(arrayOf(object({ ...OP_MEMBERS, op: field(oneOf(PART_OPS)) }))),
  lost: optional(oneOf(['retry', 'skip'])),
});

const SCRIPT: Shape = object({
  ...CLIENT_MEMBERS,
  steps: field(arrayOf(STEP)),
  connectAt: optional(numberIn(0, 1e12)),
});

class ScriptClient extends Workload {
  readonly steps: readonly ScriptStep[];
  /** Index of the next step. */
  position = 0;
  waiting: TimerId = 0;

  constructor(host: Host, id: number, settings: ClientSettings, params: ScriptParams) {
    super(host, id, settings, params, params.connectAt ?? 0);
    this.steps = params.steps;
  }

  protected begun(): void {}

  protected ready(): void {
    this.proceed();
  }

  protected tick(): void {
    this.waiting = 0;
    this.proceed();
  }

  protected answered(result: Result, zxid: Zxid): void {
    const step = this.steps[this.position - 1];
    if (zxid < 0 && result.err === ErrorCode.CONNECTIONLOSS && step?.lost === 'retry') this.position--;
    this.proceed();
  }

  private proceed(): void {
    const step = this.steps[this.position];
    if (step === undefined || this.unanswered > 0 || this.waiting !== 0) return;
    // Once it has closed its session, steps are answered by the handle itself.
    if (!this.connected && this.client?.state !== 'CLOSED') return;
    const wait = (step.at ?? 0) - this.host.now();
    if (wait > 0) {
      this.waiting = this.host.setTimer(wait, 'step', 0);
      return;
    }
    this.position++;
    this.request(operation(step));
  }

  override onEvent(event: Parameters<Workload['onEvent']>[0]): void {
    super.onEvent(event);
    if (event.state === 'CLOSED') this.proceed();
  }
}

/** What an operation's data come to; absent data are null. */
function bytes(step: ScriptOp): Uint8Array | null {
  return step.data === undefined ? null : toBytes(step.data);
}

function creation(step: ScriptOp, path: string): MultiOp {
  const options: CreateOptions = {
    mode: MODES[step.mode ?? 'persistent']!,
    ...(step.acl === undefined ? {} : { acl: step.acl }),
    ...(step.ttl === undefined ? {} : { ttl: step.ttl }),
  };
  return createRequest(path, bytes(step), options, false);
}

function part(step: ScriptOp): MultiOp {
  const path = step.path!;
  const version = step.version ?? -1;
  switch (step.op) {
    case 'create':
      return creation(step, path);
    case 'set':
      return { type: OpCode.setData, path, data: bytes(step), version };
    case 'delete':
      return { type: OpCode.delete, path, version };
    default:
      return { type: OpCode.check, path, version };
  }
}

function operation(step: ScriptStep): ClientOp {
  const path = step.path ?? '/';
  const watch = step.watch ?? false;
  switch (step.op) {
    case 'get':
      return { type: OpCode.getData, path, watch };
    case 'exists':
      return { type: OpCode.exists, path, watch };
    case 'children':
      return { type: OpCode.getChildren, path, watch };
    case 'sync':
      return { type: OpCode.sync, path };
    case 'setAcl':
      return { type: OpCode.setACL, path, acl: step.acl ?? [], version: step.version ?? -1 };
    case 'getAcl':
      return { type: OpCode.getACL, path };
    case 'multi':
      return { type: OpCode.multi, ops: (step.ops ?? []).map(part) };
    case 'close':
      return { type: OpCode.closeSession };
    default:
      return part(step);
  }
}

/** What the shapes of single members cannot say. @throws SpecError */
function checkPaths(steps: readonly ScriptStep[], at: string): void {
  steps.forEach((step, i) => {
    if (step.op === 'multi') checkPaths(step.ops ?? [], `${at}[${i}].ops`);
    else if (step.op !== 'close' && step.path === undefined) {
      throw new SpecError(`${at}[${i}].path`, 'is missing', 'it must be given');
    }
  });
}

/**
 * `steps` one after the other, each after the answer to the one before; see {@link ScriptStep}. It connects at `connectAt`
 * (0) and sends only while connected.
 */
export const script: ClientProgramFactory = (host, id, params, settings) => {
  SCRIPT(params, 'params');
  const checked = params as unknown as ScriptParams;
  checkPaths(checked.steps, 'params.steps');
  return new ScriptClient(host, id, settings, checked);
};
