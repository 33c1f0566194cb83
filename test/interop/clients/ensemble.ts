// What a test of a client asks of an ensemble, whoever made it.

export interface ServerUnderTest {
  /** From 1. */
  readonly id: number;
  readonly clientPort: number;
  /** `host:port` of its clients. */
  readonly address: string;
  /** Brings a killed server back, with what its disk held. */
  start(): void | Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Waits until it serves clients, and says as what: leader, follower, observer. */
  serving(): Promise<string>;
}

export interface Ensemble {
  /** In the order of their ids. */
  readonly servers: readonly ServerUnderTest[];
  /** `host:port,host:port`, as clients take it. */
  readonly addresses: string;
  server(id: number): ServerUnderTest;
  /** Waits until every running server serves; what each is. */
  serving(): Promise<(string | null)[]>;
  /** Ends all servers and deletes what they wrote. */
  remove(): Promise<void>;
}
