/** A client of the throughput experiments: always as many requests under way as it may have. */
import type { Host } from '../../protocol/host.ts';
import type { ClientOp, Result } from '../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/acl.ts';
import { OpCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientProgramFactory, ClientSettings } from '../../sim/catalog.ts';
import { CLIENT_MEMBERS, type ClientParams } from '../../sim/clients/index.ts';
import { Workload } from '../../sim/clients/workload.ts';
import { field, numberIn, object, optional, type Shape } from '../../sim/shape.ts';

export interface SaturatingParams extends ClientParams {
  /** Share of reads, 0…1. */
  readonly reads: number;
  /** Requests under way at once. */
  readonly outstanding: number;
  /** Size of what is read and written. */
  readonly bytes: number;
  /** Virtual ms; before, it only connects and creates its znode. Default 0. */
  readonly from?: number;
}

const SATURATING: Shape = object({
  ...CLIENT_MEMBERS,
  reads: field(numberIn(0, 1)),
  outstanding: field(numberIn(1, 10_000, true)),
  bytes: field(numberIn(0, 1_000_000, true)),
  from: optional(numberIn(0, 1e12)),
});

/** Creates a znode of its own, then reads and writes it without pause: an answer is followed by the next request at once. */
export class SaturatingClient extends Workload {
  readonly params: SaturatingParams;
  readonly path: string;
  readonly data: Uint8Array;
  /** Its znode is there. */
  created = false;
  /** Answers to reads and to writes so far, without errors. */
  reads = 0;
  writes = 0;

  constructor(host: Host, id: number, settings: ClientSettings, params: SaturatingParams) {
    super(host, id, settings, params, 0);
    this.params = params;
    this.path = `/c${id}`;
    this.data = new Uint8Array(params.bytes);
  }

  protected begun(): void {
    const wait = (this.params.from ?? 0) - this.host.now();
    if (wait > 0) this.host.setTimer(wait, 'fill', 0);
  }

  protected tick(): void {
    if (this.created) this.fill();
  }

  protected ready(): void {
    if (this.created) this.fill();
    else {
      const { path, data } = this;
      this.request({ type: OpCode.create, path, data, acl: OPEN_ACL_UNSAFE, flags: 0 });
    }
  }

  private fill(): void {
    const now = this.host.now();
    if (now < (this.params.from ?? 0) || now >= this.settings.stopAt) return;
    while (this.connected && this.unanswered < this.params.outstanding) this.request(this.next());
  }

  private next(): ClientOp {
    const { path, data } = this;
    return this.host.random() < this.params.reads
      ? { type: OpCode.getData, path, watch: false }
      : { type: OpCode.setData, path, data, version: -1 };
  }

  protected answered(result: Result, zxid: Zxid): void {
    // Lost with its connection; `ready` goes on.
    if (zxid < 0 || !this.connected) return;
    if (!this.created) this.created = true;
    else if (result.err === 0) {
      if ('data' in result) this.reads++;
      else this.writes++;
    }
    this.fill();
  }
}

export const saturating: ClientProgramFactory = (host, id, params, settings) => {
  SATURATING(params, 'params');
  return new SaturatingClient(host, id, settings, params as unknown as SaturatingParams);
};
