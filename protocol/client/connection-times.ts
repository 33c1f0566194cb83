/** By what a client judges its connection and session (ClientCnxn.SendThread.run). */

/** ms without sending after which a ping is due whatever the timeout is. */
const MAX_SEND_PING_INTERVAL = 10_000;
/** ms by which a ping comes earlier than half the read timeout, so that a second one fits in. */
const PING_MARGIN = 1000;

/** Timeouts, and when the client last sent and heard: all in ms of its monotonic clock. */
export class ConnectionTimes {
  /** How many servers it may have to try within a timeout. */
  private readonly servers: number;
  private connectTimeout: number;
  private readTimeout = 0;
  private expirationTimeout = 0;
  lastSend = 0;
  lastHeard = 0;

  /** @param wished session timeout, which counts until one is negotiated */
  constructor(wished: number, servers: number) {
    this.servers = servers;
    this.connectTimeout = Math.trunc(wished / servers);
  }

  /** A session is open. */
  negotiated(timeout: number): void {
    this.readTimeout = Math.trunc((timeout * 2) / 3);
    this.expirationTimeout = Math.trunc((timeout * 4) / 3);
    this.connectTimeout = Math.trunc(timeout / this.servers);
  }

  /** CLIENT-3: what is left of an attempt to connect. */
  connectLeft(now: number): number {
    return this.connectTimeout - (now - this.lastSend);
  }

  /** CLIENT-4: for how long a connection may still be silent. */
  readLeft(now: number): number {
    return this.readTimeout - (now - this.lastHeard);
  }

  /** CLIENT-8: how long a session without contact still has. */
  sessionLeft(now: number): number {
    return this.expirationTimeout - (now - this.lastHeard);
  }

  /** CLIENT-5, CLIENT-6: until this is to be asked again; 0 where a ping is due. */
  pingLeft(now: number): number {
    const idle = now - this.lastSend;
    const half = Math.trunc(this.readTimeout / 2);
    const left = half - idle - (idle > PING_MARGIN ? PING_MARGIN : 0);
    if (left <= 0 || idle > MAX_SEND_PING_INTERVAL) return 0;
    return Math.min(left, MAX_SEND_PING_INTERVAL + 1 - idle);
  }

  /** When this is to be asked again after a ping. */
  get pingInterval(): number {
    return Math.max(1, Math.trunc(this.readTimeout / 2));
  }
}
