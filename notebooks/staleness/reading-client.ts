/** A client that reads a znode at a steady pace, plainly or with a `sync` before each read. */
import type { Host } from '../../protocol/host.ts';
import type { Result } from '../../protocol/request.ts';
import { OpCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientProgramFactory, ClientSettings } from '../../sim/catalog.ts';
import { CLIENT_MEMBERS, type ClientParams } from '../../sim/clients/index.ts';
import { Workload } from '../../sim/clients/workload.ts';
import { field, flag, numberIn, object, type Shape, text } from '../../sim/shape.ts';

interface ReadingParams extends ClientParams {
  readonly path: string;
  /** ms between two reads. */
  readonly every: number;
  readonly sync: boolean;
  /** Virtual ms of the first read. */
  readonly from: number;
}

const READING: Shape = object({
  ...CLIENT_MEMBERS,
  path: field(text),
  every: field(numberIn(1, 1e9)),
  sync: field(flag),
  from: field(numberIn(0, 1e12)),
});

export class ReadingClient extends Workload {
  readonly params: ReadingParams;

  constructor(host: Host, id: number, settings: ClientSettings, params: ReadingParams) {
    super(host, id, settings, params, 0);
    this.params = params;
  }

  protected begun(): void {
    this.host.setTimer(Math.max(0, this.params.from - this.host.now()), 'read', 0);
  }

  protected tick(): void {
    this.host.setTimer(this.params.every, 'read', 0);
    if (!this.connected) return;
    const { path, sync } = this.params;
    // In one session the read is answered after the sync: there is no need to wait between them.
    if (sync) this.request({ type: OpCode.sync, path });
    this.request({ type: OpCode.getData, path, watch: false });
  }

  protected ready(): void {}
  protected answered(_result: Result, _zxid: Zxid): void {}
}

export const reading: ClientProgramFactory = (host, id, params, settings) => {
  READING(params, 'params');
  return new ReadingClient(host, id, settings, params as unknown as ReadingParams);
};
