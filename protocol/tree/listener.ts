/** Who is told while a transaction is applied to a served tree: watches (DataTree, WatchManager.triggerWatch). */
import type { Zxid } from '../zxid.ts';
import type { Acl } from './acl.ts';

/**
 * Called during `DataTree.apply`, once per node that changes, in the order of the changes, with the ACLs that decide who
 * may learn of it: of a deleted node those it had. Replay and synchronization tell nobody. The root has no parent.
 */
export interface TreeListener {
  created(path: string, zxid: Zxid, acl: readonly Acl[], parentAcl: readonly Acl[]): void;
  deleted(path: string, zxid: Zxid, acl: readonly Acl[], parentAcl: readonly Acl[]): void;
  dataChanged(path: string, zxid: Zxid, acl: readonly Acl[]): void;
}
