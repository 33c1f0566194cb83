/** A workload of given steps. */
import type { Host, TimerId } from '../../protocol/host.ts';
import type { Result } from '../../protocol/request.ts';
import { ErrorCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientProgramFactory, ClientSettings } from '../catalog.ts';
import { checkPaths, OPERATION_MEMBERS, type Operation, requestOf } from '../operation.ts';
import { arrayOf, field, numberIn, object, oneOf, optional, type Shape } from '../shape.ts';
import { CLIENT_MEMBERS, type ClientParams } from './params.ts';
import { Workload } from './workload.ts';

/** One step of {@link script}. */
interface ScriptStep extends Operation {
  /** Virtual ms before which it is not sent. */
  readonly at?: number;
  /** What to do where nobody knows whether it took effect: send it again, or go on (default). */
  readonly lost?: 'retry' | 'skip';
}

interface ScriptParams extends ClientParams {
  readonly steps: readonly ScriptStep[];
  /** Virtual ms; default 0. */
  readonly connectAt?: number;
}

const STEP: Shape = object({
  ...OPERATION_MEMBERS,
  at: optional(numberIn(0, 1e12)),
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
    this.request(requestOf(step));
  }

  override onEvent(event: Parameters<Workload['onEvent']>[0]): void {
    super.onEvent(event);
    if (event.state === 'CLOSED') this.proceed();
  }
}

/**
 * `steps` one after the other, each after the answer to the one before; see {@link ScriptStep}. It connects at `connectAt`
 * (0) and sends only while connected.
 */
export const script: ClientProgramFactory = (host, id, params, settings) => {
  SCRIPT(params, 'params');
  const checked = params as unknown as ScriptParams;
  checked.steps.forEach((step, i) => {
    checkPaths(step, `params.steps[${i}]`);
  });
  return new ScriptClient(host, id, settings, checked);
};
