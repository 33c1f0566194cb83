/** What leader and learners say to each other (org.apache.zookeeper.server.quorum.QuorumPacket, Leader). Immutable. */
import type { Op } from '../request.ts';
import type { SnapChunk } from '../snapshot.ts';
import type { Id } from '../tree/acl.ts';
import type { SessionId, TxnRecord } from '../txn.ts';
import type { Zxid } from '../zxid.ts';

/** First packet of a learner: who it is, whether it votes, and the epoch it has accepted. */
export interface LearnerInfo {
  readonly kind: 'FOLLOWERINFO' | 'OBSERVERINFO';
  readonly sid: number;
  readonly acceptedEpoch: number;
}
export interface LeaderInfo {
  readonly kind: 'LEADERINFO';
  readonly epoch: number;
}
/** `currentEpoch` is −1 where the learner had accepted the epoch before: synchronized, but not counted. */
export interface AckEpoch {
  readonly kind: 'ACKEPOCH';
  readonly zxid: Zxid;
  readonly currentEpoch: number;
}
/** The packets that carry nothing but a zxid. */
export interface ZxidPacket {
  readonly kind: 'DIFF' | 'TRUNC' | 'SNAP' | 'NEWLEADER' | 'UPTODATE' | 'ACK' | 'COMMIT';
  readonly zxid: Zxid;
}
/** A leader's sign of life, and a learner's answer with the sessions it has heard of since the one before. */
export interface PingPacket {
  readonly kind: 'PING';
  readonly zxid: Zxid;
  readonly touched: readonly Touch[];
}
/** A session that was heard of, and its timeout in ms. */
export interface Touch {
  readonly session: SessionId;
  readonly timeout: number;
}
/** A learner asks whether a session that came to it is alive (`valid` false), and the leader's answer. */
export interface RevalidatePacket {
  readonly kind: 'REVALIDATE';
  readonly session: SessionId;
  readonly timeout: number;
  readonly valid: boolean;
}
/** A proposal to followers, or a committed transaction to observers. */
export interface TxnPacket {
  readonly kind: 'PROPOSAL' | 'INFORM';
  readonly record: TxnRecord;
}
/** A learner's client wants a write or a sync. */
export interface RequestPacket {
  readonly kind: 'REQUEST';
  readonly session: SessionId;
  readonly cxid: number;
  readonly auth: readonly Id[];
  readonly op: Op;
}
/** Answers the oldest sync a learner sent: the link is FIFO, so it needs no id. */
export interface SyncPacket {
  readonly kind: 'SYNC';
}
export type QuorumPacket =
  | LearnerInfo
  | LeaderInfo
  | AckEpoch
  | ZxidPacket
  | PingPacket
  | RevalidatePacket
  | TxnPacket
  | RequestPacket
  | SyncPacket;

/** Everything that travels on a quorum channel: packets, and the pieces of a snapshot behind SNAP. */
export type QuorumMessage = QuorumPacket | SnapChunk;
