/** Decision points of the election; a variant replaces members. */
import type { QuorumVerifier } from '../quorum.ts';
import type { Vote } from './vote.ts';

export interface ElectionRules {
  /** FLE-1: whether `candidate` is better than `current` (FastLeaderElection.totalOrderPredicate). */
  supersedes(candidate: Vote, current: Vote, quorum: QuorumVerifier): boolean;
}

export const electionRules: ElectionRules = {
  supersedes(candidate, current, quorum) {
    if (quorum.weight(candidate.leader) === 0) return false;
    if (candidate.peerEpoch !== current.peerEpoch) return candidate.peerEpoch > current.peerEpoch;
    if (candidate.zxid !== current.zxid) return candidate.zxid > current.zxid;
    return candidate.leader > current.leader;
  },
};
