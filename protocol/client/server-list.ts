/** In which order a client tries servers (client.StaticHostProvider; the list is not shuffled, its order is the caller's). */
export class ServerList {
  readonly servers: readonly number[];
  /** Index of the server last tried. */
  private index: number;
  /** Index at which a round of all servers began; −1 before the first. */
  private roundAt = -1;

  /** @param startAt index of the first to be tried */
  constructor(servers: readonly number[], startAt: number) {
    this.servers = servers;
    this.index = startAt - 1;
  }

  startAt(index: number): void {
    this.index = index - 1;
  }

  next(): number {
    this.index = (this.index + 1) % this.servers.length;
    return this.servers[this.index]!;
  }

  /** Whether the server just given ends a round in which no connection was made. */
  get roundEnds(): boolean {
    if (this.index === this.roundAt) return true;
    if (this.roundAt < 0) this.roundAt = this.index;
    return false;
  }

  /** A connection was made: a new round begins behind it. */
  connected(): void {
    this.roundAt = this.index;
  }
}
