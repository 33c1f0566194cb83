/**
 * What happened, as the protocol itself reports it: one discriminated union. Monitors, trace, lab and notebooks live on
 * it. `server` is the reporting server's id (1…255). Zxids and epochs as in `zxid.ts`; −1 stands for none.
 */
import type { ClientOp, Result } from './request.ts';
import type { SessionId, TxnRecord } from './txn.ts';
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
  /**
   * A leader proposed a transaction; `digest` identifies its content, `op` is its type (an OpCode), `path` the znode it is
   * about (empty where there is none or several).
   */
  | {
      kind: 'proposed';
      server: number;
      zxid: Zxid;
      digest: number;
      session: SessionId;
      cxid: number;
      op: number;
      path: string;
      /** The transaction itself; not part of the trace hash. */
      record: TxnRecord;
    }
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
  /** A client's request entered at this server. `op` is its OpCode. */
  | { kind: 'request'; server: number; session: SessionId; cxid: number; op: number }
  /** A request was answered by this server. */
  | { kind: 'replied'; server: number; session: SessionId; cxid: number; op: number; zxid: Zxid; err: number }
  /**
   * This server let a client go on with a new session (`resumed` false) or one it brought along. `timeout` in ms;
   * `readOnly`: by a server that is cut off from the quorum.
   */
  | {
      kind: 'sessionOpened';
      server: number;
      session: SessionId;
      timeout: number;
      resumed: boolean;
      readOnly: boolean;
    }
  /** This server turned a client away: session gone, wrong password, behind the client, too many requests. */
  | { kind: 'sessionRefused'; server: number; session: SessionId; reason: string }
  /**
   * The server that expires the session heard of it; `now` is its own monotonic clock in ms. That is the leader (or
   * standalone server), or for a `local` session the server that has it.
   */
  | { kind: 'touched'; server: number; session: SessionId; timeout: number; now: number; local: boolean }
  /** It heard nothing for the session's timeout and begins to close it. */
  | { kind: 'expired'; server: number; session: SessionId; now: number; local: boolean }
  /** A write came through a server that the session has left; it is refused and the connection closed. */
  | { kind: 'sessionMoved'; server: number; session: SessionId }
  /** A server sent a watch event to a session's connection; `zxid` −1: caught up after a reconnect. */
  | { kind: 'watchFired'; server: number; session: SessionId; type: number; path: string; zxid: Zxid }
  /** A server cut off from its quorum begins or ends to serve reads. */
  | { kind: 'readOnly'; server: number; serving: boolean }
  // --- clients; `client` is its id, `server` the server it talks to (0: none)
  /** A client's connection or session changed state; `zxid` is the last one it has seen. */
  | {
      kind: 'clientState';
      server: number;
      client: number;
      session: SessionId;
      state: ClientState;
      zxid: Zxid;
    }
  /** A program asked for an operation; it will get exactly one answer. `path` is absolute, empty where there are several. */
  | {
      kind: 'invoked';
      server: number;
      client: number;
      /** NO_SESSION before there is one. */
      session: SessionId;
      /** Number of the operation within the client, from 1. */
      ticket: number;
      op: number;
      path: string;
      /** The operation with absolute paths; not part of the trace hash. */
      request: ClientOp;
    }
  /** It was put on a connection under this number. */
  | {
      kind: 'sent';
      server: number;
      client: number;
      session: SessionId;
      ticket: number;
      cxid: number;
      op: number;
    }
  /**
   * A program got its answer: `zxid` of the reply, −1 where the client itself answers (CONNECTIONLOSS,
   * SESSIONEXPIRED, …); `cxid` 0 where it was never sent.
   */
  | {
      kind: 'answered';
      server: number;
      client: number;
      session: SessionId;
      ticket: number;
      cxid: number;
      op: number;
      zxid: Zxid;
      err: number;
      /** The whole result, with absolute paths; not part of the trace hash. */
      result: Result;
    }
  /** A client received a watch event. */
  | {
      kind: 'notified';
      server: number;
      client: number;
      session: SessionId;
      type: number;
      path: string;
      zxid: Zxid;
    }
  /**
   * What a client sent or heard on its own account: 'ping', 'setWatches', 'auth' (`request` null for a reply). Watches of
   * setWatches are armed at the zxid of its reply.
   */
  | {
      kind: 'housekeeping';
      server: number;
      client: number;
      session: SessionId;
      op: number;
      zxid: Zxid;
      err: number;
      answer: boolean;
      /** Of setWatches and auth; not part of the trace hash. */
      request: ClientOp | null;
    }
  /**
   * A program tells what it believes or did: `recipe` and `action` say what (`lock`, `acquired`), `path` and `token` of
   * what, `holder` who. Recipe properties live on it.
   */
  | {
      kind: 'told';
      server: number;
      client: number;
      recipe: string;
      action: string;
      path: string;
      token: number;
      holder: string;
    };

/** ZooKeeper.States. */
export type ClientState =
  | 'CONNECTING'
  | 'CONNECTED'
  | 'CONNECTEDREADONLY'
  | 'CLOSED'
  | 'AUTH_FAILED'
  /** Terminal: the session is gone. */
  | 'EXPIRED';

export type ProbeKind = ProbeEvent['kind'];
