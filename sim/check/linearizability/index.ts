/** A black-box checker: whether a history from anywhere is linearizable (Herlihy and Wing). */
export {
  type CheckOptions,
  type CheckResult,
  check,
  DEFAULT_MEMORY,
  type PartitionResult,
  type Progress,
} from './check.ts';
export { type Explanation, explained, explanationOf } from './explain.ts';
export type { Lookahead, Model } from './model.ts';
export { type KeyValueInput, type KeyValueOutput, keyValue } from './models/key-value.ts';
export { type LockInput, type LockOutput, lock } from './models/lock.ts';
export { type QueueInput, type QueueOutput, queue } from './models/queue.ts';
export {
  casRegister,
  type RegisterInput,
  type RegisterOutput,
  register,
  type Value,
} from './models/register.ts';
export { znode } from './models/znode.ts';
export type { ZnodeInput, ZnodeOutput } from './models/znode-operation.ts';
export { NEVER, type Operation, type Partition } from './operation.ts';
export { type Placed, Search, type Verdict } from './search.ts';
export { Role, Timeline } from './timeline.ts';
