/** A workload of random operations. */
import type { Host } from '../../protocol/host.ts';
import type { ClientOp, Result } from '../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/acl.ts';
import { OpCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientProgramFactory, ClientSettings } from '../catalog.ts';
import { field, numberIn, object, optional, type Shape } from '../shape.ts';
import { CLIENT_MEMBERS, type ClientParams } from './params.ts';
import { Workload } from './workload.ts';

/** Times in virtual ms. */
interface MixParams extends ClientParams {
  /** Operations per second. */
  readonly rate: number;
  /** Share of reads, 0…1; default 0.5. */
  readonly reads?: number;
  /** Share of reads that leave a watch, 0…1; default 0. */
  readonly watches?: number;
  /** Highest number of a path `/k0`…`/kn`; default 10. */
  readonly keys?: number;
  /** Default 8. */
  readonly dataBytes?: number;
  /** It connects then; default 0. */
  readonly from?: number;
  readonly until?: number;
  /** Requests under way at once; a tick beyond that is skipped. Default 8. */
  readonly outstanding?: number;
}

const MIX: Shape = object({
  ...CLIENT_MEMBERS,
  rate: field(numberIn(0.001, 1_000_000)),
  reads: optional(numberIn(0, 1)),
  watches: optional(numberIn(0, 1)),
  keys: optional(numberIn(0, 1_000_000, true)),
  dataBytes: optional(numberIn(0, 1_000_000, true)),
  from: optional(numberIn(0, 1e12)),
  until: optional(numberIn(0, 1e12)),
  outstanding: optional(numberIn(1, 10_000, true)),
});

/** Below this rate gaps are whole ms, as they always were; from here on they would all be none, and time stood still. */
const IN_WHOLE_MS = 4000;

class MixClient extends Workload {
  readonly params: MixParams;

  constructor(host: Host, id: number, settings: ClientSettings, params: MixParams) {
    super(host, id, settings, params, params.from ?? 0);
    this.params = params;
  }

  protected begun(): void {
    this.host.setTimer(0, 'operation', 0);
  }

  /** The session outlives the last operation: it is kept by pings. */
  protected tick(): void {
    const until = Math.min(this.params.until ?? this.settings.stopAt, this.settings.stopAt);
    if (this.host.now() >= until) return;
    // Exponential gaps would need a logarithm; uniform ones around the mean do as well.
    const gap = (this.host.random() * 2000) / this.params.rate;
    this.host.setTimer(this.params.rate < IN_WHOLE_MS ? Math.round(gap) : gap, 'operation', 0);
    if (this.connected && this.unanswered < (this.params.outstanding ?? 8)) this.request(this.draw());
  }

  private draw(): ClientOp {
    const { params, host } = this;
    const keys = params.keys ?? 10;
    const parent = `/k${Math.floor(host.random() * (keys + 1))}`;
    const path = host.random() < 0.3 ? `${parent}/c${Math.floor(host.random() * (keys + 1))}` : parent;
    const kind = host.random();
    if (host.random() < (params.reads ?? 0.5)) {
      const type = kind < 0.5 ? OpCode.getData : kind < 0.75 ? OpCode.exists : OpCode.getChildren;
      const watches = params.watches ?? 0;
      return { type, path, watch: watches > 0 && host.random() < watches };
    }
    if (kind < 0.45) return { type: OpCode.create, path, data: this.data(), acl: OPEN_ACL_UNSAFE, flags: 0 };
    if (kind < 0.85) return { type: OpCode.setData, path, data: this.data(), version: -1 };
    return { type: OpCode.delete, path, version: -1 };
  }

  private data(): Uint8Array {
    const data = new Uint8Array(this.params.dataBytes ?? 8);
    for (let i = 0; i < data.length; i++) data[i] = Math.floor(this.host.random() * 256);
    return data;
  }

  protected ready(): void {}
  protected answered(_result: Result, _zxid: Zxid): void {}
}

/** Random operations over `/k0`…`/kn` and their children; see {@link MixParams}. */
export const mix: ClientProgramFactory = (host, id, params, settings) => {
  MIX(params, 'params');
  return new MixClient(host, id, settings, params as unknown as MixParams);
};
