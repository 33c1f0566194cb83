/** Historical bugs and mistakes that are no variants of their own. */

export interface Inexpressible {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Why there is no variant of it. */
  readonly why: string;
}

export const inexpressible: readonly Inexpressible[] = [
  {
    id: 'ZK-3023',
    title: 'What a DIFF brought is not yet applied when NEWLEADER is acknowledged',
    source: 'ZOOKEEPER-3023, fixed in 3.9.3',
    why:
      'breaks no property by itself: what is acknowledged is in the log, which is replayed when the role ends, ' +
      'and until then the tree behind it answers with a legal past',
  },
  {
    id: 'ZK-4785',
    title: 'A transaction is lost in a race of DIFF synchronization',
    source: 'ZOOKEEPER-4785, fixed in 3.8.5 and 3.9.2',
    why: 'is the same decision as ZK-4646: NEWLEADER is acknowledged while the log thread still writes',
  },
  {
    id: 'accepts-epoch-twice',
    title:
      'An epoch that a server has accepted before counts as support for the next leader that proposes it',
    source: 'a textbook mistake: one server backs two leaders of one epoch (Zab paper, phase 1)',
    why:
      'the election hides it: who has acknowledged NEWLEADER of an epoch votes for nothing older, and joins a leader of ' +
      'older history only where a quorum of others follows that one already; reuses-epoch shows two leaders of one epoch',
  },
];
