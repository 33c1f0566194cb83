/** Votes and notifications of Fast Leader Election (org.apache.zookeeper.server.quorum.Vote, FastLeaderElection). */
import type { Message } from '../host.ts';
import type { Role } from '../probe.ts';
import { LONG_MIN, type Zxid } from '../zxid.ts';

/** Whom a server wants to lead, and that candidate's claim. */
export interface Vote {
  readonly leader: number;
  readonly zxid: Zxid;
  /** Round (logical clock) in which the vote was cast. */
  readonly electionEpoch: number;
  /** The candidate's currentEpoch. */
  readonly peerEpoch: number;
}

/** What servers tell each other on election channels: a vote, and the sender's state. */
export interface Notification extends Message, Vote {
  readonly kind: 'notification';
  readonly state: Role;
}

/** First message on an election channel: who dialled. */
export interface ElectionHello extends Message {
  readonly kind: 'electionHello';
  readonly sid: number;
}

/** The vote of a server that cannot be elected: every field at Long.MIN, so that it never wins. */
export const NO_VOTE: Vote = { leader: LONG_MIN, zxid: LONG_MIN, electionEpoch: 0, peerEpoch: LONG_MIN };
