/**
 * What happened, as the protocol itself reports it: one discriminated union. Monitors, trace, lab and notebooks live on
 * it. `server` is the reporting server's id (1…255). Zxids and epochs as in `zxid.ts`; −1 stands for none.
 */
import type { Zxid } from './zxid.ts';

export type Role = 'LOOKING' | 'FOLLOWING' | 'LEADING' | 'OBSERVING';
/** ZabState of Apache's monitoring. */
export type Phase = 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';
export type SyncKind = 'DIFF' | 'TRUNC' | 'SNAP' | 'TRUNC+DIFF';

export type ProbeEvent =
  // --- life of a server
  /** The database was loaded at start: snapshot at `snapshotZxid` (0: none) and log replayed up to `zxid`. */
  | {
      kind: 'loaded';
      server: number;
      zxid: Zxid;
      snapshotZxid: Zxid;
      acceptedEpoch: number;
      currentEpoch: number;
    }
  /** A start was refused: the data on disk cannot be trusted or contradict each other. */
  | { kind: 'refused'; server: number; reason: string }
  /** The server ends itself, as System.exit in Apache's. */
  | { kind: 'exited'; server: number; reason: string }
  | { kind: 'role'; server: number; role: Role; leader: number; reason: string }
  | { kind: 'phase'; server: number; phase: Phase; epoch: number }
  // --- election
  /** A new round began with a vote for itself. */
  | { kind: 'round'; server: number; round: number }
  /** The proposal changed (or was set at the round's start). */
  | { kind: 'voted'; server: number; round: number; leader: number; zxid: Zxid; peerEpoch: number }
  | { kind: 'elected'; server: number; round: number; leader: number; zxid: Zxid; peerEpoch: number }
  // --- epochs; `durable` events: the file is on disk
  | { kind: 'acceptedEpoch'; server: number; epoch: number }
  | { kind: 'currentEpoch'; server: number; epoch: number }
  /** A learner acknowledged LEADERINFO: with its currentEpoch, or −1 where it had accepted that epoch before. */
  | { kind: 'epochAcked'; server: number; leader: number; epoch: number; currentEpoch: number; zxid: Zxid }
  // --- synchronization
  /** A leader chose how to synchronize a learner whose last zxid is `peerZxid`; `fromDisk`: DIFF read from the log files. */
  | {
      kind: 'syncChosen';
      server: number;
      learner: number;
      sync: SyncKind;
      peerZxid: Zxid;
      zxid: Zxid;
      fromDisk: boolean;
    }
  /** A leader finished streaming SNAP: header zxid and the zxid its tree stood at in the end. */
  | { kind: 'snapStreamed'; server: number; learner: number; zxid: Zxid; endZxid: Zxid }
  /** A learner replaced its tree by the leader's snapshot, in memory. */
  | { kind: 'snapInstalled'; server: number; leader: number; zxid: Zxid }
  /** NEWLEADER was sent to a learner. */
  | { kind: 'newLeaderSent'; server: number; learner: number; epoch: number }
  /** A learner acknowledges NEWLEADER; it claims that its history up to `zxid` is durable. */
  | { kind: 'newLeaderAcked'; server: number; leader: number; epoch: number; zxid: Zxid }
  /** A quorum acknowledged NEWLEADER: the leader is established and serves, its history up to `zxid` commits. */
  | { kind: 'established'; server: number; epoch: number; zxid: Zxid }
  /** A learner got UPTODATE and serves, with its history up to `zxid` delivered. */
  | { kind: 'serving'; server: number; leader: number; epoch: number; zxid: Zxid }
  // --- broadcast
  /** A leader proposed a transaction; `digest` identifies its content. */
  | { kind: 'proposed'; server: number; zxid: Zxid; digest: number }
  /** Written to the log of this server, not yet durable. */
  | { kind: 'logged'; server: number; zxid: Zxid; digest: number }
  /** Everything in this server's log up to `zxid` is durable. */
  | { kind: 'flushed'; server: number; zxid: Zxid }
  /** A server acknowledges a proposal (a leader's own flush acknowledges too). */
  | { kind: 'acked'; server: number; leader: number; zxid: Zxid }
  /** A leader committed a proposal. */
  | { kind: 'committed'; server: number; zxid: Zxid }
  /**
   * Applied to the tree of a server. `delivered`: while it serves (design: otherwise it is replay or synchronization).
   * `digest` is the tree's digest after it, `txnDigest` the transaction's own claim.
   */
  | { kind: 'applied'; server: number; zxid: Zxid; delivered: boolean; digest: number; txnDigest: number }
  // --- log and snapshots
  /** The log was cut: nothing after `zxid` is in it any more (durable, or about to be when `durable` is false). */
  | { kind: 'truncated'; server: number; zxid: Zxid; durable: boolean }
  | { kind: 'logRolled'; server: number; zxid: Zxid }
  | { kind: 'snapshotStarted'; server: number; zxid: Zxid }
  /** A snapshot file is durable: header zxid and the zxid the tree stood at in the end. */
  | { kind: 'snapshotTaken'; server: number; zxid: Zxid; endZxid: Zxid }
  | { kind: 'purged'; server: number; files: number }
  /** A role ended: the log was replayed into memory up to `zxid`. */
  | { kind: 'fastForwarded'; server: number; zxid: Zxid }
  // --- limits
  /** A leader gives up because its counter is exhausted. */
  | { kind: 'counterExhausted'; server: number; epoch: number }
  // --- service
  /** A request entered at this server. `op` is its OpCode. */
  | { kind: 'request'; server: number; session: string; cxid: number; op: number }
  /** A request was answered by this server. */
  | { kind: 'replied'; server: number; session: string; cxid: number; op: number; zxid: Zxid; err: number };

export type ProbeKind = ProbeEvent['kind'];
