/** Mistakes in what clients see: order, sessions, watches, sequence numbers, atomicity. */
import { changed, type Variant } from './variant.ts';

const answersReadsEarly: Variant = {
  id: 'reads-overtake-own-writes',
  title: 'A read is answered before the session’s own earlier write',
  source: 'a textbook mistake: FIFO client order (ZooKeeper paper, section 2.3)',
  expects: 'SVC-FIFO-CLIENT',
  rules: changed({ service: { waitsBehindOwnWrites: false } }),
};

const takesClientsAhead: Variant = {
  id: 'takes-clients-ahead',
  title: 'A server behind the client lets it reconnect',
  source:
    'a textbook mistake: the client sees the past after the present (ZooKeeper guide: single system image)',
  expects: 'SVC-SINGLE-SYSTEM-IMAGE',
  rules: changed({ service: { refusesClientsAhead: false } }),
};

const expiresEarly: Variant = {
  id: 'expires-early',
  title: 'A session ends after half its timeout',
  source: 'a textbook mistake: a client that keeps to its contract loses its session',
  expects: 'SVC-SESSION',
  rules: changed({
    service: {
      expiry: (now, timeout, tickTime) => (Math.floor((now + timeout / 2) / tickTime) + 1) * tickTime,
    },
  }),
};

const followersExpire: Variant = {
  id: 'followers-expire-sessions',
  title: 'A follower ends by itself a session that it has not heard from',
  source: 'a textbook mistake: the client may be heard elsewhere; only the leader knows',
  expects: 'SVC-SESSION',
  rules: changed({ service: { onlyLeaderExpires: false } }),
};

const leavesEphemerals: Variant = {
  id: 'leaves-ephemerals',
  title: 'Ephemerals outlive their session',
  source: 'a textbook mistake: a lock that nobody holds and nobody can take',
  expects: 'SVC-SESSION',
  rules: changed({ service: { deletesEphemerals: false } }),
};

const ignoresPending: Variant = {
  id: 'ignores-pending-changes',
  title: 'A write is checked against the applied tree, not against what is pending',
  source: 'a textbook mistake: two creates of one node both succeed (ZooKeeper paper, section 4.1)',
  expects: 'SVC-LINEARIZABLE-WRITES',
  rules: changed({ service: { seesPending: false } }),
};

const sequenceFromChildren: Variant = {
  id: 'sequence-from-children',
  title: 'A sequence number is the number of children',
  source: 'a textbook mistake: after a delete a number comes again',
  expects: 'SVC-SEQUENCE',
  rules: changed({ service: { sequence: (_storedCversion, numChildren) => numChildren } }),
};

const multiLeavesParts: Variant = {
  id: 'multi-leaves-parts',
  title: 'A failed multi leaves its first operations behind',
  source: 'a textbook mistake: no rollback of what was prepared',
  expects: 'SVC-ATOMIC',
  rules: changed({ service: { rollsBack: false } }),
};

const firesLate: Variant = {
  id: 'fires-watches-late',
  title: 'A watch fires when the new data can already be read',
  source: 'a textbook mistake: a client sees the new data before the event (ZooKeeper guide: watches)',
  expects: 'SVC-WATCH-ORDER',
  rules: changed({ service: { firesWhileApplying: false } }),
};

const firesTwice: Variant = {
  id: 'fires-watches-twice',
  title: 'A one-shot watch stays after it has fired',
  source: 'a textbook mistake: a watch is a one-time trigger (ZooKeeper guide: watches)',
  expects: 'SVC-WATCH-ONCE',
  rules: changed({ service: { oneShot: false } }),
};

const forgetsWatches: Variant = {
  id: 'misses-events-while-away',
  title: 'A client that reconnects is not told what happened to its watches meanwhile',
  source: 'a textbook mistake: a change between two connections goes unnoticed (setWatches)',
  expects: 'SVC-WATCH-COMPLETE',
  rules: changed({ service: { catchesUp: false } }),
};

export const service: readonly Variant[] = [
  answersReadsEarly,
  takesClientsAhead,
  expiresEarly,
  followersExpire,
  leavesEphemerals,
  ignoresPending,
  sequenceFromChildren,
  multiLeavesParts,
  firesLate,
  firesTwice,
  forgetsWatches,
];
