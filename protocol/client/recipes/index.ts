/**
 * Recipes: coordination built from znodes, as parts of client programs (`const lock = yield* acquireLock(zk, '/lock')`).
 *
 * All of them go on after CONNECTIONLOSS and throw KeeperError SESSIONEXPIRED, after which nobody knows whether the last step took
 * effect. What they believe they tell (`Zk.tell`, probe `told`):
 *
 * | recipe | action | path | token | holder |
 * |---|---|---|---|---|
 * | lock | acquired, released (before the node goes), lost | its node | czxid | as given |
 * | readLock, writeLock | acquired, released | its node | czxid | as given |
 * | resource (told by what a lock guards) | accepted, acceptedShared, rejected | | token shown | who showed it |
 * | leader | elected, resigned (before the node goes) | candidate's node | czxid | candidate |
 * | queue | put | the queue | czxid of the item | |
 * | queue | taken | the item | its czxid | |
 * | barrier | raised, lifted (before the node goes) | the barrier | | |
 * | barrier | waiting, passed | the barrier | its czxid; passed without waiting: 0 | |
 * | doubleBarrier | arrived (before its node is there) | the barrier | how many are to meet | its node's name |
 * | doubleBarrier | entered | the barrier | how many entered | its node's name |
 * | doubleBarrier | withdrew, missed, leaving (before the node goes), left | the barrier | | its node's name |
 * | counter | incrementing | the counter | by how much | |
 * | counter | incremented | the counter | new value | |
 * | group | joined, left (before the node goes) | member's node | czxid | name |
 * | configuration | changed, seen | its node | mzxid | |
 * | names | given | where from | the number | |
 */
export { liftBarrier, passBarrier, raiseBarrier } from './barrier.ts';
export {
  awaitConfiguration,
  beginConfiguration,
  type Configuration,
  changeConfiguration,
  readConfiguration,
} from './configuration.ts';
export { increment, readCounter } from './counter.ts';
export { enterDoubleBarrier, leaveDoubleBarrier, type Membership } from './double-barrier.ts';
export { awaitGroupChange, groupMembers, joinGroup, leaveGroup } from './group.ts';
export { campaign, currentLeader, type Leadership, resign } from './leader-election.ts';
export { acquireLock, holdsLock, type Lock, type LockOptions, releaseLock } from './lock.ts';
export { type Done, once } from './once.ts';
export { putWithPriority, takeByPriority } from './priority-queue.ts';
export { put, type QueueItem, take } from './queue.ts';
export {
  acquireReadLock,
  acquireWriteLock,
  type ReadWriteLock,
  releaseReadWriteLock,
} from './read-write-lock.ts';
export { isError, isLoss, repeat, settle } from './recoverable.ts';
export { uniqueName, uniqueNumber } from './unique-names.ts';
export { createProtected, ensurePath, type OwnNode } from './znode.ts';
