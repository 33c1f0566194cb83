/** What goes out of a simulation to connections from outside. Not part of the run: nothing that happens depends on it. */
export interface Outlet {
  /** Bytes for a connection, in order; they do not change any more. */
  bytes(connection: number, bytes: Uint8Array): void;
  /** The server's end is gone: `closed` behind the bytes before it, `reset` at once. Nothing more follows. */
  closed(connection: number, reason: 'closed' | 'reset'): void;
  /** Asks for an input `drained` once all bytes so far have left. */
  full(connection: number): void;
  /** The server wants no more to be read for now, or goes on. */
  reading(connection: number, on: boolean): void;
}
