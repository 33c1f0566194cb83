/** Decision points of a server's start and role changes; a variant replaces members. */

export interface ServerRules {
  /**
   * LOG-2: the currentEpoch a server starts with, from what its files say; null refuses the start. Apache 3.9.4
   * refuses whenever the last zxid's epoch is above currentEpoch.
   */
  bootEpoch(lastZxidEpoch: number, currentEpoch: number, acceptedEpoch: number): number | null;
  /** LOG-3: whether epochs survive a restart on disk. */
  readonly acceptedEpochOnDisk: boolean;
  /** LOG-4: whether the log is replayed into memory when a role ends (ZOOKEEPER-2845). */
  readonly replaysOnRoleChange: boolean;
  /** FLE-15: whether the election waits until the log has taken all that the role accepted (ZOOKEEPER-4712). */
  readonly drainsLog: boolean;
  /**
   * LOG-8: after which broken synchronizations the tree, left ahead of the disk, is loaded anew (SNAP: ZOOKEEPER-3642,
   * TRUNC: ZOOKEEPER-5094).
   */
  readonly reloadsAfterBroken: readonly ('SNAP' | 'TRUNC')[];
  /** LOG-9: whether truncation and the snapshot behind it are synced before currentEpoch is written. */
  readonly syncsTruncation: boolean;
  /** LOG-11: whether a write that fails ends the process, or only the role (ZOOKEEPER-4882). */
  readonly exitsOnDiskError: boolean;
}

export const serverRules: ServerRules = {
  bootEpoch(lastZxidEpoch, currentEpoch, acceptedEpoch) {
    if (acceptedEpoch < currentEpoch) return null;
    if (lastZxidEpoch <= currentEpoch) return currentEpoch;
    return lastZxidEpoch <= acceptedEpoch ? lastZxidEpoch : null;
  },
  acceptedEpochOnDisk: true,
  replaysOnRoleChange: true,
  drainsLog: true,
  reloadsAfterBroken: ['SNAP', 'TRUNC'],
  syncsTruncation: true,
  exitsOnDiskError: true,
};
