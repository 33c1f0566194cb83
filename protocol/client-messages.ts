/** What travels on a client channel, as typed values (org.apache.zookeeper.proto). */
import type { ClientOp, Reply } from './request.ts';
import type { SessionId } from './txn.ts';
import type { FourLetterWord } from './wire/four-letter-word.ts';
import type { Zxid } from './zxid.ts';

/** ConnectRequest: opens a session (`session` is NO_SESSION) or goes on with one. */
export interface ConnectRequest {
  readonly kind: 'connect';
  readonly lastZxidSeen: Zxid;
  /** What the client wishes, ms; the server clamps it. */
  readonly timeout: number;
  readonly session: SessionId;
  /** 16 bytes as 32 hex digits; empty with NO_SESSION. */
  readonly passwd: string;
  /** The client would do with a read-only server. */
  readonly readOnly: boolean;
}
/** ConnectResponse. `timeout` 0 and NO_SESSION: the session is gone (or the password wrong). */
export interface ConnectResponse {
  readonly kind: 'connected';
  readonly timeout: number;
  readonly session: SessionId;
  readonly passwd: string;
  /** The server is read-only. */
  readonly readOnly: boolean;
}
/** RequestHeader and body. */
export interface ClientRequest {
  readonly kind: 'request';
  readonly cxid: number;
  readonly op: ClientOp;
}

/** Watcher.Event.EventType; the last three are made by clients for themselves. */
export const WatchEventType = {
  None: -1,
  NodeCreated: 1,
  NodeDeleted: 2,
  NodeDataChanged: 3,
  NodeChildrenChanged: 4,
  DataWatchRemoved: 5,
  ChildWatchRemoved: 6,
  PersistentWatchRemoved: 7,
} as const;
export type WatchEventType = (typeof WatchEventType)[keyof typeof WatchEventType];

/** WatcherEvent under a ReplyHeader with xid −1: `zxid` is that of the change, −1 where it is told after a reconnect. */
export interface WatchEvent {
  readonly kind: 'watchEvent';
  readonly zxid: Zxid;
  readonly type: WatchEventType;
  readonly path: string;
}

/** The four-letter word `isro`, by which a client looks for a server that writes. First and only message of a channel. */
export interface IsReadOnlyRequest {
  readonly kind: 'isro';
}
/** `null`: not serving. */
export interface IsReadOnlyResponse {
  readonly kind: 'isroAnswer';
  readonly mode: 'rw' | 'ro' | 'null';
}

/**
 * Any other four-letter word, first and only message of a channel; but `stmk` is followed by a second one with its mask,
 * 16 hex digits.
 */
export interface FourLetterWordRequest {
  readonly kind: 'word';
  readonly word: FourLetterWord;
  readonly mask?: string;
}
/** What a server says to a word, or a part of it; then it closes. */
export interface FourLetterWordResponse {
  readonly kind: 'wordAnswer';
  readonly text: string;
}

export type ClientMessage =
  | ConnectRequest
  | ConnectResponse
  | ClientRequest
  | Reply
  | WatchEvent
  | IsReadOnlyRequest
  | IsReadOnlyResponse
  | FourLetterWordRequest
  | FourLetterWordResponse;
