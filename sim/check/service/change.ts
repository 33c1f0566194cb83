/** What a committed transaction changed, as the sequential model says: watches and their properties live on it. */
import type { Acl } from '../../../protocol/tree/acl.ts';
import type { Zxid } from '../../../protocol/zxid.ts';

/** One node's change; a multi or a closed session makes several under one zxid, in the order in which they take effect. */
export interface Change {
  readonly zxid: Zxid;
  readonly kind: 'created' | 'deleted' | 'data';
  readonly path: string;
  /** Of the node (of a deleted one as it was) and of its parent: who may learn of it. */
  readonly acl: readonly Acl[];
  readonly parentAcl: readonly Acl[];
}
