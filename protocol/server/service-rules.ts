/** Decision points of the service: sessions, requests, watches; a variant replaces members. */

export interface ServiceRules {
  /** ZAB-20: whether a session's requests wait behind its own unfinished write. */
  readonly waitsBehindOwnWrites: boolean;
  /** SVC-1: whether a server refuses a client that has seen more than it has. */
  readonly refusesClientsAhead: boolean;
  /** SESSION-4: when a session last heard of at `now` ends, ms on the leader's clock (SessionTrackerImpl, ExpiryQueue). */
  expiry(now: number, timeout: number, tickTime: number): number;
  /** SESSION-4: whether only the leader expires global sessions. */
  readonly onlyLeaderExpires: boolean;
  /** SESSION-6: whether the end of a session deletes its ephemerals. */
  readonly deletesEphemerals: boolean;
  /** PREP-6: whether a write is checked against what is pending. */
  readonly seesPending: boolean;
  /** PREP-9: the number of a sequential znode, from what the parent stores and how many children it has. */
  sequence(storedCversion: number, numChildren: number): number;
  /** PREP-11: whether a multi that fails undoes what its first operations have prepared. */
  readonly rollsBack: boolean;
  /** WATCH-3: whether a watch fires while its transaction is applied, before anything newer can be read. */
  readonly firesWhileApplying: boolean;
  /** WATCH-2: whether a one-shot watch is gone once it has fired. */
  readonly oneShot: boolean;
  /** WATCH-6: whether setWatches tells what happened while the client was away. */
  readonly catchesUp: boolean;
}

export const serviceRules: ServiceRules = {
  waitsBehindOwnWrites: true,
  refusesClientsAhead: true,
  expiry: (now, timeout, tickTime) => (Math.floor((now + timeout) / tickTime) + 1) * tickTime,
  onlyLeaderExpires: true,
  deletesEphemerals: true,
  seesPending: true,
  sequence: (storedCversion) => storedCversion,
  rollsBack: true,
  firesWhileApplying: true,
  oneShot: true,
  catchesUp: true,
};
