/** Mistakes and historical bugs in how a learner takes over its leader's history. */
import { changed, type Variant } from './variant.ts';

const servesBeforeQuorum: Variant = {
  id: 'serves-before-quorum',
  title: 'A leader serves before anybody has acknowledged NEWLEADER',
  source: 'a textbook mistake: the history it inherits is committed on nobody’s word (Zab paper, phase 2)',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { establishes: () => true } }),
};

const keepsUncommittedSuffix: Variant = {
  id: 'keeps-uncommitted-suffix',
  title: 'A follower keeps what its leader does not have',
  source: 'a textbook mistake: no TRUNC',
  expects: 'ZAB-SYNC',
  rules: changed({ zab: { truncates: false } }),
};

const acksBeforePersisting: Variant = {
  id: 'acks-newleader-first',
  title: 'A learner acknowledges NEWLEADER before it persists anything',
  source: 'a textbook mistake: the acknowledgement comes before what it claims',
  expects: 'ZAB-SYNC',
  rules: changed({ zab: { newLeaderSteps: ['ackNewLeader', 'persistHistory', 'writeCurrentEpoch'] } }),
};

const zk3911: Variant = {
  id: 'ZK-3911',
  title: 'A learner logs what a DIFF brought only after UPTODATE, and acknowledges NEWLEADER before',
  source: 'ZOOKEEPER-3911, fixed (still asynchronously) in 3.5.9, 3.6.3 and 3.7.0',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { newLeaderSteps: ['persistSnapshot', 'writeCurrentEpoch', 'ackNewLeader'] } }),
};

const zk4646: Variant = {
  id: 'ZK-4646',
  title: 'A learner acknowledges NEWLEADER while its log thread still writes what a DIFF brought',
  source: 'ZOOKEEPER-4646 and -4785, the order of 3.6.3 to 3.9.1; fixed in 3.8.5, 3.9.2 and 3.9.3',
  expects: 'LOG-DURABILITY',
  rules: changed({
    zab: { newLeaderSteps: ['persistSnapshot', 'writeCurrentEpoch', 'logHistory', 'ackNewLeader'] },
  }),
};

const zk4643: Variant = {
  id: 'ZK-4643',
  title: 'currentEpoch is written before what a DIFF brought',
  source: 'ZOOKEEPER-4643, fixed in 3.9.3: persist, then the epoch, then the acknowledgement',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { newLeaderSteps: ['writeCurrentEpoch', 'persistHistory', 'ackNewLeader'] } }),
};

/** What is acknowledged is safe; but whoever acknowledges in the wrong order is sent away, and the leader has no quorum. */
const zk4685: Variant = {
  id: 'ZK-4685',
  title: 'The acknowledgement of a proposal overtakes that of NEWLEADER',
  source: 'ZOOKEEPER-4685, fixed in 3.9.3',
  expects: 'LIVE-ELECTS',
  rules: changed({
    zab: { newLeaderSteps: ['persistHistory', 'writeCurrentEpoch', 'ackHistory', 'ackNewLeader'] },
  }),
};

const zk4394: Variant = {
  id: 'ZK-4394',
  title: 'A COMMIT between NEWLEADER and UPTODATE for a proposal from before NEWLEADER crashes the learner',
  source: 'ZOOKEEPER-4394 (NullPointerException in Learner.syncWithLeader), fixed in 3.9.3',
  expects: 'NO-CRASH',
  rules: changed({
    zab: {
      newLeaderSteps: [
        'persistSnapshot',
        'writeCurrentEpoch',
        'logHistory',
        'forgetProposals',
        'ackNewLeader',
      ],
      commitOfNothing(zxid) {
        throw new Error(`no proposal waits for the commit of ${zxid} (NullPointerException in 3.9.2)`);
      },
    },
  }),
};

const zk4925: Variant = {
  id: 'ZK-4925',
  title: 'What a DIFF brought is missing in the committed log, and a leader hands the hole on',
  source: 'ZOOKEEPER-4925, in 3.9.3 only; 3.9.4 rejects a gap',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { remembersDiff: false, rejectsHoles: false } }),
};

/** LOG-9: the order of Apache's newest release, which this project does not follow. */
const unsyncedTruncation: Variant = {
  id: 'unsynced-truncation',
  title: 'A truncation is not synced before currentEpoch is written',
  source: 'Apache ZooKeeper 3.9.4 (FileTxnLog.truncate, Learner.syncWithLeader)',
  expects: 'LOG-DURABILITY',
  rules: changed({ server: { syncsTruncation: false } }),
};

export const synchronization: readonly Variant[] = [
  servesBeforeQuorum,
  keepsUncommittedSuffix,
  acksBeforePersisting,
  zk3911,
  zk4646,
  zk4643,
  zk4685,
  zk4394,
  zk4925,
  unsyncedTruncation,
];
