/** What clients ask of a tree of znodes and are answered. */
import type { ReadRequest, WriteOp } from '../../../../protocol/request.ts';
import type { Stat } from '../../../../protocol/tree/stat.ts';
import type { SessionId } from '../../../../protocol/txn.ts';
import type { Identity } from '../../service/model-acl.ts';

export interface ZnodeInput {
  readonly op: WriteOp | ReadRequest;
  readonly session: SessionId;
  /** Whom the client had authenticated as; null: unknown. Default: nobody. */
  readonly who?: Identity | null;
  /** Of closeSession: only the ephemerals below this top node. Default: all. */
  readonly within?: string;
}

/** As in a reply ({@link Result}); only what is there is compared, and of a Stat neither zxids nor times. */
export interface ZnodeOutput {
  readonly err: number;
  readonly path?: string;
  readonly data?: Uint8Array | null;
  readonly stat?: Partial<Stat>;
  readonly children?: readonly string[];
  readonly results?: readonly ZnodeOutput[];
}
