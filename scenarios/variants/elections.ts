/** Mistakes in how votes and histories are compared. */
import { type ElectionRules, electionRules } from '../../protocol/election/rules.ts';
import { changed, type Variant } from './variant.ts';

const byId: Partial<ElectionRules> = {
  supersedes: (candidate, current, quorum) =>
    quorum.weight(candidate.leader) > 0 && candidate.leader > current.leader,
};

const byZxid: Partial<ElectionRules> = {
  supersedes: (candidate, current, quorum) =>
    electionRules.supersedes({ ...candidate, peerEpoch: 0 }, { ...current, peerEpoch: 0 }, quorum),
};

/** ZAB-6 without its comparison. */
const comparesNothing = { isNewer: () => false };

const BULLY = 'Garcia-Molina, "Elections in a Distributed Computing System" (1982): the highest id leads';

/** Votes for the same zxid are compared by id although their epochs differ, so each of two votes beats the other. */
const zk1419: Variant = {
  id: 'ZK-1419',
  title: 'Of two votes with one zxid and different epochs each beats the other',
  source: 'ZOOKEEPER-1419, fixed in 3.4.4 and 3.5.0 (totalOrderPredicate)',
  expects: 'LIVE-ELECTS',
  rules: changed({
    election: {
      supersedes: (candidate, current, quorum) =>
        quorum.weight(candidate.leader) > 0 &&
        (candidate.peerEpoch > current.peerEpoch ||
          (candidate.peerEpoch === current.peerEpoch && candidate.zxid > current.zxid) ||
          (candidate.zxid === current.zxid && candidate.leader > current.leader)),
    },
  }),
};

const neverBetter: Variant = {
  id: 'never-changes-its-vote',
  title: 'No vote is ever better than one’s own',
  source: 'a textbook mistake: an election in which nobody gives way',
  expects: 'LIVE-ELECTS',
  rules: changed({ election: { supersedes: () => false } }),
};

const electsById: Variant = {
  id: 'elects-by-id',
  title: 'Votes are compared by server id alone',
  source: BULLY,
  expects: 'LIVE-ELECTS',
  rules: changed({ election: byId }),
};

const electsByZxid: Variant = {
  id: 'elects-by-zxid',
  title: 'Votes are compared by zxid and ignore the epoch a server is current in',
  source: 'a textbook mistake: the longest log wins, whenever it was written',
  expects: 'LIVE-ELECTS',
  rules: changed({ election: byZxid }),
};

const electsByIdOnly: Variant = {
  id: 'elects-by-id-compares-nothing',
  title: 'Votes are compared by server id alone, and discovery compares no histories',
  source: BULLY,
  expects: 'LOG-DURABILITY',
  rules: changed({ election: byId, zab: comparesNothing }),
};

const electsByZxidOnly: Variant = {
  id: 'elects-by-zxid-compares-nothing',
  title: 'Votes are compared by zxid alone, and discovery compares no histories',
  source: 'a textbook mistake: the longest log wins, whenever it was written',
  // What an epoch commits has a higher zxid than all before it; lost is what an epoch without transactions decided.
  expects: 'ZAB-PRIMARY-INTEGRITY',
  rules: changed({ election: byZxid, zab: comparesNothing }),
};

export const elections: readonly Variant[] = [
  zk1419,
  neverBetter,
  electsById,
  electsByZxid,
  electsByIdOnly,
  electsByZxidOnly,
];
