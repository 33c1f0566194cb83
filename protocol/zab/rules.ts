/** Decision points and ordered steps of Zab; a variant replaces members. */
import type { QuorumVerifier } from '../quorum.ts';
import type { Zxid } from '../zxid.ts';

/** What a learner does on LEADERINFO with a higher epoch, in order. */
export type DiscoveryStep = 'writeAcceptedEpoch' | 'ackEpoch';

/** What a learner does on NEWLEADER, in order. */
export type NewLeaderStep =
  /** Makes all that the leader sent as committed durable and applies it. */
  | 'persistHistory'
  /** The same after SNAP and TRUNC only; what came by DIFF waits for UPTODATE. */
  | 'persistSnapshot'
  /** Hands a DIFF and what is proposed behind it to the log and goes on at once. */
  | 'logHistory'
  /** Forgets which proposals a COMMIT is still due for. */
  | 'forgetProposals'
  /** Acknowledges what a DIFF brought, transaction by transaction. */
  | 'ackHistory'
  | 'writeCurrentEpoch'
  | 'ackNewLeader';

export interface ZabRules {
  /** ZAB-2: the new epoch, from the highest one accepted in a quorum. */
  nextEpoch(highestAccepted: number): number;
  /** ZAB-4: the steps on LEADERINFO. */
  readonly discoverySteps: readonly DiscoveryStep[];
  /** ZAB-5: the currentEpoch in ACKEPOCH; −1 withholds support. `acceptedNow`: LEADERINFO raised the accepted epoch. */
  reportsEpoch(acceptedNow: boolean, currentEpoch: number): number;
  /** ZAB-5: whether ACKEPOCH supports the new epoch. −1: the learner had accepted it before. */
  countsForEpoch(currentEpoch: number): boolean;
  /** ZAB-6: whether a learner's history is newer than its would-be leader's. */
  isNewer(epoch: number, zxid: Zxid, leaderEpoch: number, leaderZxid: Zxid): boolean;
  /** ZAB-8: whether a learner's suffix that its leader lacks is cut off. */
  readonly truncates: boolean;
  /** ZAB-25: whether acknowledgements of a learner that is synchronized anew are withdrawn. */
  readonly withdrawsAcks: boolean;
  /**
   * ZAB-7, ZAB-10: whether a learner rejects a proposal that does not follow the one before, and no leader hands on a
   * history with a hole (ZOOKEEPER-4925).
   */
  readonly rejectsHoles: boolean;
  /** ZAB-12: the steps on NEWLEADER. */
  readonly newLeaderSteps: readonly NewLeaderStep[];
  /** ZAB-12: what becomes of a COMMIT during synchronization while no proposal waits for one. */
  commitOfNothing(zxid: Zxid): void;
  /** ZAB-12: whether what a DIFF brought enters the committed log, so that it can be handed on. */
  readonly remembersDiff: boolean;
  /** ZAB-13: whether enough servers (a mask) have acknowledged NEWLEADER. */
  establishes(acks: number, quorum: QuorumVerifier): boolean;
  /** ZAB-16: whether enough servers (a mask) have acknowledged a proposal of this leader. */
  commits(acks: number, quorum: QuorumVerifier, leader: number): boolean;
  /** ZAB-17: whether a proposal waits for all earlier ones. */
  readonly commitsInOrder: boolean;
  /** ZAB-17: which of so many committed transactions, oldest first, is applied next. */
  nextToApply(waiting: number): number;
  /** ZAB-18: whether a proposal is acknowledged only after its flush. */
  readonly acksAfterFlush: boolean;
  /** ZAB-21: whether a leader that lost its quorum steps down. */
  readonly stepsDown: boolean;
}

export const zabRules: ZabRules = {
  nextEpoch: (highestAccepted) => highestAccepted + 1,
  discoverySteps: ['writeAcceptedEpoch', 'ackEpoch'],
  reportsEpoch: (acceptedNow, currentEpoch) => (acceptedNow ? currentEpoch : -1),
  countsForEpoch: (currentEpoch) => currentEpoch !== -1,
  isNewer: (epoch, zxid, leaderEpoch, leaderZxid) =>
    epoch > leaderEpoch || (epoch === leaderEpoch && zxid > leaderZxid),
  truncates: true,
  withdrawsAcks: true,
  rejectsHoles: true,
  newLeaderSteps: ['persistHistory', 'writeCurrentEpoch', 'ackNewLeader'],
  commitOfNothing() {
    // Its proposal was part of the snapshot.
  },
  remembersDiff: true,
  establishes: (acks, quorum) => quorum.containsQuorumMask(acks),
  commits: (acks, quorum) => quorum.containsQuorumMask(acks),
  commitsInOrder: true,
  nextToApply: () => 0,
  acksAfterFlush: true,
  stepsDown: true,
};
