/** Mistakes in counting acknowledgements and delivering commits. */
import { changed, type Variant } from './variant.ts';

const commitsOnMinority: Variant = {
  id: 'commits-on-minority',
  title: 'A proposal commits on ⌊n/2⌋ acknowledgements',
  source: 'a textbook mistake: two such sets need not meet',
  expects: 'LOG-DURABILITY',
  rules: changed({
    zab: {
      commits: (acks, quorum) => {
        const count = quorum.participants.filter((id) => (acks & quorum.maskOf(id)) !== 0).length;
        return count >= Math.floor(quorum.participants.length / 2);
      },
    },
  }),
};

const commitsOnOwnAck: Variant = {
  id: 'commits-on-own-ack',
  title: 'A proposal commits once the leader’s own disk holds it',
  source: 'a textbook mistake: asynchronous replication',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { commits: (acks, quorum, leader) => (acks & quorum.maskOf(leader)) !== 0 } }),
};

const neverCommits: Variant = {
  id: 'never-commits',
  title: 'A leader never commits',
  source: 'a textbook mistake: a protocol that does nothing is safe',
  expects: 'LIVE-COMMITS',
  rules: changed({ zab: { commits: () => false } }),
};

const acksBeforeFlush: Variant = {
  id: 'acks-before-flush',
  title: 'A proposal is acknowledged once it is written, before it is flushed',
  source: 'a textbook mistake: what the page cache holds, a power loss takes',
  expects: 'LOG-ACK',
  rules: changed({ zab: { acksAfterFlush: false } }),
};

const deliversOutOfOrder: Variant = {
  id: 'delivers-out-of-order',
  title: 'Where several committed transactions wait, the newest is applied first',
  source: 'a textbook mistake: atomic broadcast without primary order (Zab paper, section 3)',
  expects: 'ZAB-LOCAL-PRIMARY-ORDER',
  rules: changed({ zab: { nextToApply: (waiting) => waiting - 1 } }),
};

const neverStepsDown: Variant = {
  id: 'never-steps-down',
  title: 'A leader that no longer hears a quorum goes on leading',
  source:
    'a textbook mistake: it cannot commit, and its stale reads are legal, but it never joins the others',
  expects: 'LIVE-CONVERGES',
  rules: changed({ zab: { stepsDown: false } }),
};

/** Found by this simulator: Apache 3.9.4 keeps these acknowledgements (ZAB-25). */
const keepsAcks: Variant = {
  id: 'keeps-acks-of-cut-learner',
  title: 'A learner that is cut back still counts for what it had acknowledged before',
  source: 'Apache ZooKeeper 3.9.4 (Leader.processAck, LearnerHandler.syncFollower)',
  expects: 'LOG-DURABILITY',
  rules: changed({ zab: { withdrawsAcks: false } }),
};

export const broadcast: readonly Variant[] = [
  commitsOnMinority,
  commitsOnOwnAck,
  neverCommits,
  acksBeforeFlush,
  deliversOutOfOrder,
  neverStepsDown,
  keepsAcks,
];
