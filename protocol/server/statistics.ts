/** What a server counts for those who watch over it (ServerStats, ServerMetrics, metric.AvgMinMaxCounter). */

/** How many values there were, their sum, the least and the largest. */
export class Summary {
  count = 0;
  total = 0;
  /** 0 as long as there is none. */
  least = 0;
  largest = 0;

  add(value: number): void {
    this.least = this.count === 0 ? value : Math.min(this.least, value);
    this.largest = Math.max(this.largest, value);
    this.count++;
    this.total += value;
  }

  reset(): void {
    this.count = 0;
    this.total = 0;
    this.least = 0;
    this.largest = 0;
  }

  /** 0 as long as there is none. */
  get average(): number {
    return this.count === 0 ? 0 : this.total / this.count;
  }
}

/** A summary that also tells quantiles; for whole numbers of which few differ, as milliseconds (AvgMinMaxPercentileCounter). */
export class QuantileSummary extends Summary {
  private readonly counts: Map<number, number> = new Map();

  override add(value: number): void {
    super.add(value);
    this.counts.set(value, (this.counts.get(value) ?? 0) + 1);
  }

  override reset(): void {
    super.reset();
    this.counts.clear();
  }

  /** The value at this share of all, 0…1, between two neighbours where it falls between them; 0 where there is none. */
  quantile(share: number): number {
    const place = share * (this.count + 1);
    const below = this.at(Math.floor(place));
    const above = this.at(Math.floor(place) + 1);
    return below + (place - Math.floor(place)) * (above - below);
  }

  /** The value at a place in ascending order, from 1; the nearest where there is no such place. */
  private at(place: number): number {
    let seen = 0;
    let value = 0;
    for (const [each, count] of [...this.counts].sort(([a], [b]) => a - b)) {
      value = each;
      seen += count;
      if (seen >= place) break;
    }
    return value;
  }
}

/** Sizes in bytes, −1 as long as there is none (quorum.BufferStats). */
export class Sizes {
  last = -1;
  least = -1;
  largest = -1;

  add(size: number): void {
    this.last = size;
    if (this.least < 0 || size < this.least) this.least = size;
    if (size > this.largest) this.largest = size;
  }

  reset(): void {
    this.last = -1;
    this.least = -1;
    this.largest = -1;
  }
}

/** Of one server while it takes one part; all times in ms of its clock. */
export class ServiceStatistics {
  /** When it began to take this part. */
  readonly startedAt: number;
  packetsReceived = 0;
  packetsSent = 0;
  authFailed = 0;
  /** From a request's arrival to its reply. */
  readonly latency = new Summary();
  /** Replies and watch events, without the length before them. */
  readonly responses = new Sizes();
  /** Proposals of a leader. */
  readonly proposals = new Sizes();

  constructor(now: number) {
    this.startedAt = now;
  }

  /** `srst` (ServerStats.reset, LeaderZooKeeperServer's BufferStats). */
  reset(): void {
    this.packetsReceived = 0;
    this.packetsSent = 0;
    this.authFailed = 0;
    this.latency.reset();
    this.responses.reset();
    this.proposals.reset();
  }
}

/** Of one process of a server, whatever parts it takes. */
export class ProcessStatistics {
  bytesReceived = 0;
  responseBytes = 0;
  /** Of watch events. */
  watchBytes = 0;
  connectionRequests = 0;
  connectionRevalidations = 0;
  /** Asked of a leader by learners. */
  revalidations = 0;
  staleSessionsExpired = 0;
  largeRequestsRejected = 0;
  looking = 0;
  diffs = 0;
  snaps = 0;
  proposals = 0;
  commits = 0;
  learnerProposals = 0;
  learnerCommits = 0;
  readonly readLatency = new QuantileSummary();
  readonly updateLatency = new QuantileSummary();
  /** From a transaction's time to its application here, on wall clocks. */
  readonly propagation = new QuantileSummary();
  readonly election = new Summary();
  readonly flush = new Summary();
  /** Transactions a flush. */
  readonly batch = new Summary();
  readonly snapshot = new Summary();

  reset(): void {
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Summary) value.reset();
      else (this as unknown as Record<string, number>)[name] = 0;
    }
  }
}

/** Of one connection, from its acceptance on (ServerCnxn). */
export class ConnectionStatistics {
  /** Wall clock, ms since 1970. */
  readonly established: number;
  /** When something came last, ms on the server's clock. */
  heardAt: number;
  received = 0;
  sent = 0;
  /** Of the last request answered; null: none yet. */
  lastOp: string | null = null;
  /** Its number; −1: none that had one. */
  lastCxid = 0;
  lastZxid = 0;
  /** ms on the server's clock. */
  lastResponse = 0;
  lastLatency = 0;
  readonly latency = new Summary();

  constructor(established: number, now: number) {
    this.established = established;
    this.heardAt = now;
  }

  /** A request is answered. */
  answered(cxid: number, zxid: number, op: string, arrived: number, now: number): void {
    // Numbers below 0 are the client library's own: what is shown is the last that somebody asked for.
    if (cxid >= 0) this.lastCxid = cxid;
    this.lastZxid = zxid;
    this.lastOp = op;
    this.lastResponse = now;
    this.lastLatency = now - arrived;
    this.latency.add(now - arrived);
  }

  /** `crst`. */
  reset(): void {
    this.received = 0;
    this.sent = 0;
    this.lastOp = 'NA';
    this.lastCxid = -1;
    this.lastZxid = -1;
    this.lastResponse = 0;
    this.lastLatency = 0;
    this.latency.reset();
  }
}
