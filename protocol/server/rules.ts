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
  /** LOG-8: whether a tree that synchronization left ahead of the disk is loaded anew (ZOOKEEPER-3642). */
  readonly reloadsAfterBrokenSync: boolean;
  /** LOG-9: whether truncation and the snapshot behind it are synced before currentEpoch is written. */
  readonly syncsTruncation: boolean;
}

export const serverRules: ServerRules = {
  bootEpoch(lastZxidEpoch, currentEpoch, acceptedEpoch) {
    if (acceptedEpoch < currentEpoch) return null;
    if (lastZxidEpoch <= currentEpoch) return currentEpoch;
    return lastZxidEpoch <= acceptedEpoch ? lastZxidEpoch : null;
  },
  acceptedEpochOnDisk: true,
  replaysOnRoleChange: true,
  reloadsAfterBrokenSync: true,
  syncsTruncation: true,
};
