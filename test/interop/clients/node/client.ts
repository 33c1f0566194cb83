// What the tests ask of a ZooKeeper client for Node, whoever wrote it.

export const EPHEMERAL = 1;
export const SEQUENCE = 2;

export interface WatchEvent {
  /** As on the wire: 1 created, 2 deleted, 3 data changed, 4 children changed. */
  readonly type: number;
  readonly path: string;
}

export type Watch = (event: WatchEvent) => void;

/** Every promise rejects with an error whose `code` is ZooKeeper's, such as −101 for NONODE. */
export interface Client {
  create(path: string, data: string, flags: number): Promise<string>;
  /** Whether there is a node; the watch stays until its path is created, changed or deleted. */
  exists(path: string, watch?: Watch): Promise<boolean>;
  get(path: string, watch?: Watch): Promise<{ data: string; version: number }>;
  /** Returns the new version. */
  set(path: string, data: string, version: number): Promise<number>;
  remove(path: string, version: number): Promise<void>;
  children(path: string, watch?: Watch): Promise<string[]>;
  /** Hexadecimal, without 0x. */
  sessionId(): string;
  /** Ends the session. */
  close(): Promise<void>;
}

export interface Library {
  readonly name: string;
  /** Opens a session; `timeout` in ms. `expired` is called where the session expires. */
  connect(addresses: string, timeout: number, expired?: () => void): Promise<Client>;
}
